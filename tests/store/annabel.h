/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/annabel.h - a customer with something of her own in every place that can
 * hold it, who is then forgotten. */
#ifndef TESTS_STORE_ANNABEL_H
#define TESTS_STORE_ANNABEL_H

#include "core/loyalty/erasure.h"
#include "tests/harness/shop.h"

#include <stdio.h>
#include <string.h>

#define NOW SHOP_NOW
#define WHO 5000000077LL
#define EXEC(sql, ...)                                                                 \
    assert_int_equal(db_exec(shop.db, NULL, sql, ##__VA_ARGS__), ST_OK)

static struct shop shop;
static struct customer anna;
static struct discount her;

/* One with a value of her own in each place that can hold one. */
static inline void put_words(void)
{
    static const char payload[] = "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":"
                                  "5000000077,\"text\":\"Привет, Аннабель\"}}";
    int64_t thread;

    EXEC("INSERT INTO message (state, sender, recipient, customer_id, purpose, "
         "on_unsure,"
         " payload, created_at) VALUES (1, 1, ?, ?, 1, 1, ?, ?)",
         DB_INT(WHO), DB_INT(anna.id), DB_TEXT(payload), DB_TIME(NOW));
    EXEC("INSERT INTO message (state, sender, recipient, purpose, on_unsure, payload, "
         "why,"
         " created_at) VALUES (4, 1, ?, 1, 1, ?, 'Аннабель blocked', ?)",
         DB_INT(WHO), DB_TEXT(payload), DB_TIME(NOW));
    EXEC(
        "INSERT INTO support_thread (customer_id, opened_at, last_at) VALUES (?, ?, ?)",
        DB_INT(anna.id), DB_TIME(NOW), DB_TIME(NOW));
    thread = db_last_id(shop.db);
    EXEC("INSERT INTO support_line (thread_id, customer_id, words, at)"
         " VALUES (?, ?, 'Это Аннабель', ?)",
         DB_INT(thread), DB_INT(anna.id), DB_TIME(NOW));
    EXEC("INSERT INTO support_copy (message_id, thread_id) SELECT MIN(id), ? FROM "
         "message",
         DB_INT(thread));
    EXEC(
        "INSERT INTO idempotency (staff_id, name, body_hash, made_at, status, type,"
        " etag, location, answer, customer_id) VALUES (?, 'k', REPEAT('h', 32), ?, 200,"
        " '', '', '', '{\"name\":\"Аннабель\"}', ?)",
        DB_INT(shop.owner.id), DB_TIME(NOW), DB_INT(anna.id));
    EXEC("INSERT INTO support_block (customer_id, staff_id, at) VALUES (?, ?, ?)",
         DB_INT(anna.id), DB_INT(shop.owner.id), DB_TIME(NOW));
}

/* What she wrote, with a photo, as a member of staff got it: sent, and one that waits. */
static inline void put_copies(void)
{
    static const char form[] = "{\"method\":\"sendDocument\",\"params\":{\"caption\":"
                               "\"Аннабель: Это Аннабель\"},\"document\":%lld}";
    int64_t thread = shop_number(shop.db, "SELECT id FROM support_thread");
    char payload[200];

    EXEC("INSERT INTO document (name, mime, body, created_at)"
         " VALUES ('photo.jpg', 'image/jpeg', 'лицо: Аннабель', ?)",
         DB_TIME(NOW));
    snprintf(payload, sizeof payload, form, (long long)db_last_id(shop.db));
    for (int state = 1; state <= 3; state += 2) {
        EXEC("INSERT INTO message (state, sender, recipient, purpose, on_unsure,"
             " payload, created_at, sent_at) VALUES (?, 2, ?, 1, 1, ?, ?, ?)",
             DB_INT(state), DB_INT(shop.owner.external_id), DB_TEXT(payload),
             DB_TIME(NOW), DB_TIME_OR_NULL(state == 3 ? NOW : 0));
        EXEC("INSERT INTO support_copy (message_id, thread_id) VALUES (?, ?)",
             DB_INT(db_last_id(shop.db)), DB_INT(thread));
    }
}

static inline void put_files(void)
{
    static const char named[] =
        "{\"method\":\"sendDocument\",\"params\":{},\"document\":%lld}";
    char payload[120];

    EXEC("INSERT INTO document (name, mime, body, created_at)"
         " VALUES ('my-data.txt', 'text/plain', 'Аннабель', ?)",
         DB_TIME(NOW));
    snprintf(payload, sizeof payload, named, (long long)db_last_id(shop.db));
    EXEC("INSERT INTO message (state, sender, recipient, customer_id, purpose, "
         "on_unsure,"
         " payload, created_at, sent_at) VALUES (3, 1, ?, ?, 1, 1, ?, ?, ?)",
         DB_INT(WHO), DB_INT(anna.id), DB_TEXT(payload), DB_TIME(NOW), DB_TIME(NOW));
    EXEC("INSERT INTO discount_shown (message_id, discount_id, code, at)"
         " SELECT MAX(id), ?, ?, ? FROM message",
         DB_INT(her.id), DB_TEXT(her.code), DB_TIME(NOW));
    EXEC("INSERT INTO job_dead (id, kind, lane, attempts, crashes, reason, put_at, "
         "died_at,"
         " body) VALUES ('0123456789abcdef', 'bot.update', 101, 1, 0, 'tries', ?, ?,"
         " '{\"u\":{\"from\":{\"id\":5000000077,\"first_name\":\"Аннабель\"}}}')",
         DB_TIME(NOW), DB_TIME(NOW));
    EXEC("INSERT INTO move_code (customer_id, code_hash, expires_at) VALUES (?, ?, ?)",
         DB_INT(anna.id), DB_BYTES("01234567890123456789012345678901", 32),
         DB_TIME(NOW));
    EXEC("INSERT INTO customer_quota (customer_id, what, day, n) VALUES (?, 1, ?, 2)",
         DB_INT(anna.id), DB_DATE(20700));
    EXEC("INSERT INTO erasure_due (customer_id, asked_at, due_at) VALUES (?, ?, ?)",
         DB_INT(anna.id), DB_TIME(NOW), DB_TIME(NOW));
}

/* What the shop's people have written and sorted about her. */
static inline void put_desk(void)
{
    char line[60];

    EXEC("INSERT INTO discount_deed (discount_id, what, staff_id, reason, at)"
         " VALUES (?, 2, ?, 'Аннабель просила', ?)",
         DB_INT(her.id), DB_INT(shop.owner.id), DB_TIME(NOW));
    EXEC("UPDATE consent SET evidence = 'Аннабель сказала в магазине'"
         " WHERE customer_id = ?",
         DB_INT(anna.id));
    EXEC("INSERT INTO letter (customer_id, staff_id, purpose, body, made_at)"
         " VALUES (?, ?, 1, '{\"text\":\"Аннабель, здравствуйте\"}', ?)",
         DB_INT(anna.id), DB_INT(shop.owner.id), DB_TIME(NOW));
    EXEC("INSERT INTO tag (name, made_at) VALUES ('постоянные', ?)", DB_TIME(NOW));
    EXEC("INSERT INTO customer_tag (tag_id, customer_id, at) VALUES (?, ?, ?)",
         DB_INT(db_last_id(shop.db)), DB_INT(anna.id), DB_TIME(NOW));
    EXEC("INSERT INTO segment (name, kind, created_at, updated_at)"
         " VALUES ('список', 2, ?, ?)",
         DB_TIME(NOW), DB_TIME(NOW));
    EXEC("INSERT INTO segment_member (segment_id, customer_id, at) VALUES (?, ?, ?)",
         DB_INT(db_last_id(shop.db)), DB_INT(anna.id), DB_TIME(NOW));
    EXEC("INSERT INTO bulk_task (staff_id, action, params, upto_id, expected,"
         " expected_whole, made_at, moved_at) VALUES (?, 7, '{}', ?, 1, 1, ?, ?)",
         DB_INT(shop.owner.id), DB_INT(anna.id), DB_TIME(NOW), DB_TIME(NOW));
    EXEC("INSERT INTO bulk_item (task_id, customer_id, state)"
         " SELECT MAX(id), ?, 2 FROM bulk_task",
         DB_INT(anna.id));
    snprintf(line, sizeof line, "%lld;Аннабель\n", (long long)anna.id);
    EXEC("INSERT INTO bulk_part (task_id, part, body, made_at)"
         " SELECT MAX(id), 1, ?, ? FROM bulk_task",
         DB_TEXT(line), DB_TIME(NOW));
}

/* What the shop says by itself: for what she entered. */
static inline void put_automation(void)
{
    EXEC("INSERT INTO automation (name, cause, created_at, updated_at)"
         " VALUES ('привет', 1, ?, ?)",
         DB_TIME(NOW), DB_TIME(NOW));
    EXEC("INSERT INTO automation_plan (automation_id, no, body, made_at)"
         " SELECT MAX(id), 1, '{}', ? FROM automation",
         DB_TIME(NOW));
    EXEC("INSERT INTO automation_run (automation_id, plan, customer_id, person_id,"
         " enter_key, wake_at, due_at, entered_at) SELECT MAX(id), 1, ?, ?, 'welcome',"
         " ?, ?, ? FROM automation",
         DB_INT(anna.id), DB_INT(anna.id), DB_TIME(NOW), DB_TIME(NOW), DB_TIME(NOW));
}

/* What was sent to her as one of many. */
static inline void put_broadcast(void)
{
    EXEC("INSERT INTO broadcast (name, purpose, state, created_at, updated_at)"
         " VALUES ('к осени', 2, 5, ?, ?)",
         DB_TIME(NOW), DB_TIME(NOW));
    EXEC("INSERT INTO broadcast_recipient (broadcast_id, customer_id, state, due,"
         " external_id, ended_at) SELECT MAX(id), ?, 3, ?, 5151, ? FROM broadcast",
         DB_INT(anna.id), DB_TIME(NOW), DB_TIME(NOW));
    EXEC("INSERT INTO broadcast_click (broadcast_id, customer_id, link, first_at,"
         " last_at) SELECT MAX(id), ?, 1, ?, ? FROM broadcast",
         DB_INT(anna.id), DB_TIME(NOW), DB_TIME(NOW));
}

static inline int opened(void **state)
{
    (void)state;
    shop_open(&shop);
    anna = shop_customer(&shop, WHO, "Аннабель", "Аннабелева");
    her = shop_discount(&shop, anna.id, "test:once", 1);
    EXEC("UPDATE customer SET username = 'annabel_77', name = 'Аннабель', birth_date ="
         " '1991-04-07', birth_set_at = ?, phone = '+79990000077', phone_hash ="
         " REPEAT('x', 32), source = 'r_annabel', notes = 'Аннабель, с собакой'"
         " WHERE id = ?",
         DB_TIME(NOW), DB_INT(anna.id));
    EXEC("UPDATE discount SET reason = 'для Аннабель' WHERE id = ?", DB_INT(her.id));
    put_words();
    put_copies();
    put_files();
    put_desk();
    put_broadcast();
    put_automation();
    return 0;
}

static inline int closed(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

static inline enum status erase_work(struct db *db, void *arg)
{
    const struct erasure_act act = {
        .customer_id = anna.id, .update_id = 9, .actor = ACTOR_CUSTOMER};

    return erasure_do(db, NOW, &act, arg);
}

static inline enum status erase(void)
{
    int64_t ext = 0;
    enum status st = db_tx(shop.db, erase_work, &ext);

    if (st == ST_OK)
        assert_int_equal(ext, WHO);
    return st;
}

static inline int64_t count(const char *sql)
{
    return shop_number(shop.db, sql);
}

#define COLUMNS                                                                        \
    "SELECT table_name, column_name FROM information_schema.columns"                   \
    " WHERE table_schema = DATABASE()"

struct place {
    char table[65], column[65];
};

/* Where in the whole schema such words stand. */
static inline int found(const char *words, struct place *where)
{
    static struct place all[800];
    char sql[400];
    int n = 0, hits = 0;

    assert_int_equal(db_select(shop.db, COLUMNS " AND data_type NOT IN ('datetime',"
                                                " 'date', 'time', 'timestamp')"),
                     ST_OK);
    while (n < 800 && db_next(shop.db) == ST_OK) {
        snprintf(all[n].table, 65, "%s", db_text(shop.db, 0, NULL));
        snprintf(all[n++].column, 65, "%s", db_text(shop.db, 1, NULL));
    }
    assert_true(n > 100 && n < 800);
    for (int i = 0; i < n; i++) {
        snprintf(sql, sizeof sql,
                 "SELECT COUNT(*) FROM `%.64s` WHERE INSTR(CAST(`%.64s` AS BINARY),"
                 " CAST(? AS BINARY)) > 0",
                 all[i].table, all[i].column);
        assert_int_equal(db_one(shop.db, sql, DB_TEXT(words)), ST_OK);
        if (db_int(shop.db, 0) > 0) {
            *where = all[i];
            hits++;
        }
    }
    return hits;
}

#endif
