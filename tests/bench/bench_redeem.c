/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * How many redemptions a second: redemption_confirm in its transaction, with 1, 8 and
 * 32 connections, each a cashier of its own. The baseline is the same server and the
 * same statements, prepared once and sent by a bare loop over the client library:
 * whatever the ratio lacks to 1 is what core/ and core/io/db.c cost. The two take
 * turns, and the best of two turns counts, so that a slow moment of the disk does not
 * become a result. */
#include "core/audit.h"
#include "core/base/clock.h"
#include "tests/harness/shop.h"
#include "tests/harness/world.h"

#include <mysql.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASHIERS 32
#define POOL 16000 /* discounts ready for one turn */
#define TURN_MS 2000
#define ARGS 13
#define NOW (SHOP_NOW + HOUR)
#define NOW_TEXT "2026-09-18 01:00:00.000000"

static struct shop shop;
static struct staff cashier[CASHIERS];
static struct shift shift[CASHIERS];
static int64_t customer[CASHIERS]; /* whom they serve */
static int64_t
    pool_first_id;    /* of the discounts of this turn: ids follow one another */
static int pool_base; /* their serial numbers */
static atomic_int next_one;
static int64_t stop_ms;

static void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench_redeem: %s\n", what);
    exit(1);
}

/* ---- the stage ---------------------------------------------------------------------
 */

static void open_tills(void)
{
    for (int i = 0; i < CASHIERS; i++) {
        struct staff_spec spec = {.channel = CHANNEL_MESSENGER,
                                  .external_id = 7200000000 + i,
                                  .name = "cashier",
                                  .role = ROLE_CASHIER,
                                  .store_id = shop.store[0]};

        customer[i] = shop_customer(&shop, 7200000900 + i, "Ann", "").id;
        need(staff_add(shop.db, SHOP_NOW, &spec, &cashier[i]) == ST_OK, "cashier");
        need(shift_open(shop.db, SHOP_NOW, &cashier[i], shop.store[0], &shift[i]) ==
                 ST_OK,
             "shift");
    }
}

/* As redemption_check leaves them: held, the button live; number n by cashier n % used.
 */
static void fill_pool(int used)
{
    struct buf sql = {0};

    pool_base += POOL;
    for (int i = 0; i < POOL; i++) {
        int n = pool_base + i;

        if (sql.len == 0)
            buf_adds(
                &sql,
                "INSERT INTO discount (customer_id, source, issue_key,"
                " percent_bp, code, token, valid_from, valid_until, hold_token,"
                " hold_staff_id, hold_until, confirm_until, created_at, hold_amount)"
                " VALUES ");
        else
            buf_addc(&sql, ',');
        buf_addf(
            &sql,
            "(%lld,3,'bench:%d',1000,'C%09d','T%021d','2026-09-18','2026-10-18',"
            "'N%09d',%lld,'2026-09-18 01:03:00','2026-09-18 01:05:00','2026-09-18',"
            "125000)",
            (long long)customer[i % used], n, n, n, n, (long long)cashier[i % used].id);
        if (i % 500 == 499) {
            need(!sql.failed && db_exec(shop.db, NULL, sql.s) == ST_OK, "discounts");
            buf_clear(&sql);
        }
    }
    buf_free(&sql);
    need(db_one(shop.db,
                "SELECT MIN(id) FROM discount WHERE hold_until IS NOT NULL"
                " AND status = 1 AND issue_key = CONCAT('bench:', ?)",
                DB_INT(pool_base)) == ST_OK,
         "pool");
    pool_first_id = db_int(shop.db, 0);
    next_one = 0;
}

/* The next discount of this cashier; -1: the turn is over. */
static int take(int i, int used, int *mine)
{
    int n = (*mine)++ * used + i;

    return n < POOL && clock_mono_ms() < stop_ms ? n : -1;
}

/* ---- ours --------------------------------------------------------------------------
 */

static void *run_core(void *arg)
{
    int i = ((int *)arg)[0], used = ((int *)arg)[1], mine = 0, n;
    struct db *db = db_open(shop.cfg);

    while ((n = take(i, used, &mine)) >= 0) {
        char nonce[NONCE_TEXT + 1];
        struct redemption_press press = {
            .nonce = nonce, .staff = &cashier[i], .shift = &shift[i]};
        struct redeemed r;

        snprintf(nonce, sizeof nonce, "N%09d", pool_base + n);
        need(shop_confirm(db, NOW, &press, &r) == ST_OK && r.result == REDEEM_DONE,
             "a redemption was refused");
        next_one++;
    }
    db_close(db);
    return NULL;
}

/* ---- the bare loop ------------------------------------------------------------------
 */

struct statement {
    MYSQL_STMT *h;
    MYSQL_BIND bind[ARGS];
    long long number[ARGS];
    char text[ARGS][48];
    unsigned long length[ARGS];
};

enum {
    S_HELD,
    S_USE,
    S_RECEIPT,
    S_REDEEM,
    S_TURN,
    S_CUSTOMER,
    S_AUDIT,
    S_JOB,
    S_COUNT
};

static const char *const sqls[S_COUNT] = {
    "SELECT d.id, d.customer_id, d.source, d.status, d.percent_bp, d.uses_allowed,"
    " d.uses_count, d.valid_from, d.valid_until, d.code, d.token, d.created_at,"
    " d.store_id, d.min_purchase, d.max_amount, d.version,"
    " IF(c.name = '', c.first_name, c.name), IF(c.name = '', c.last_name, ''),"
    " c.pd_ok, d.hold_amount, d.hold_member, d.store_id, d.confirm_until"
    " FROM discount d"
    " JOIN customer c ON c.id = d.customer_id"
    " WHERE d.hold_token = ? AND d.hold_staff_id = ?",
    "UPDATE discount SET status = IF(uses_count + ? >= uses_allowed, 2, 1),"
    " uses_count = uses_count + ?, version = version + 1, hold_until = NULL,"
    " confirm_until = NULL"
    " WHERE id = ? AND hold_token = ? AND hold_staff_id = ? AND confirm_until > ?"
    " AND status = 1 AND uses_count < uses_allowed AND valid_from <= ?"
    " AND valid_until > ? AND COALESCE(hold_member, 0) <> 3"
    " AND (store_id IS NULL OR store_id = ?)",
    "UPDATE shift SET receipts = LAST_INSERT_ID(receipts + 1)"
    " WHERE id = ? AND staff_id = ? AND closed_at IS NULL",
    "INSERT INTO redemption (discount_id, customer_id, uses_allowed, use_no, op_key,"
    " staff_id, store_id, shift_id, receipt_no, amount, discount_amount, redeemed_at,"
    " unverified) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "INSERT INTO discount_turn (day, source, store_id, was, became, at)"
    " SELECT DATE(created_at), source, COALESCE(store_id, 0), ?, status, ?"
    " FROM discount WHERE id = ? AND status <> ?",
    "UPDATE customer SET purchases = purchases + 1, spent_total = spent_total + ?,"
    " last_purchase_at = GREATEST(last_purchase_at, ?),"
    " home_store_id = COALESCE(home_store_id, ?) WHERE id = ? AND status <> 3",
    "INSERT INTO audit (at, actor, actor_id, action, entity_id, fields, request_id)"
    " VALUES (?, ?, ?, ?, ?, ?, '')",
    "INSERT INTO job_open (id, lane, kind, run_at, parked, idk, root, parent, put_at,"
    " body) VALUES (?, ?, ?, ?, 0, ?, NULL, NULL, ?, ?)",
};

static void put_int(struct statement *s, int i, long long v)
{
    s->number[i] = v;
    s->bind[i].buffer_type = MYSQL_TYPE_LONGLONG;
    s->bind[i].buffer = &s->number[i];
}

static void put_text(struct statement *s, int i, const char *text, size_t n)
{
    memcpy(s->text[i], text, n);
    s->length[i] = n;
    s->bind[i].buffer_type = MYSQL_TYPE_STRING;
    s->bind[i].buffer = s->text[i];
    s->bind[i].buffer_length = n;
    s->bind[i].length = &s->length[i];
}

static void put_now(struct statement *s, int i)
{
    put_text(s, i, NOW_TEXT, sizeof NOW_TEXT - 1);
}

static void execute(struct statement *s, bool one_row)
{
    need(mysql_stmt_bind_param(s->h, s->bind) == 0 && mysql_stmt_execute(s->h) == 0,
         mysql_stmt_error(s->h));
    need(!one_row || mysql_stmt_affected_rows(s->h) == 1, "the bare loop lost a row");
}

static void select_held(struct statement *s)
{
    enum { columns = 23 };
    MYSQL_BIND out[columns] = {{0}};
    char text[columns][300];

    for (int i = 0; i < columns; i++) {
        out[i].buffer_type = MYSQL_TYPE_STRING;
        out[i].buffer = text[i];
        out[i].buffer_length = sizeof text[i];
    }
    execute(s, false);
    need(mysql_stmt_bind_result(s->h, out) == 0 && mysql_stmt_store_result(s->h) == 0 &&
             mysql_stmt_fetch(s->h) == 0,
         "the bare loop found no discount");
    mysql_stmt_free_result(s->h);
}

static void write_redemption(struct statement *s, int i, int n, const char *nonce,
                             long long receipt)
{
    put_int(s, 0, pool_first_id + n);
    put_int(s, 1, customer[i]);
    put_int(s, 2, 1);
    put_int(s, 3, 1);
    put_text(s, 4, nonce, NONCE_TEXT);
    put_int(s, 5, cashier[i].id);
    put_int(s, 6, shop.store[0]);
    put_int(s, 7, shift[i].id);
    put_int(s, 8, receipt);
    put_int(s, 9, 125000);
    put_int(s, 10, 12500);
    put_now(s, 11);
    put_int(s, 12, 0);
    execute(s, true);
}

static void write_turn(struct statement *s, int n)
{
    put_int(s, 0, DISCOUNT_ACTIVE);
    put_now(s, 1);
    put_int(s, 2, pool_first_id + n);
    put_int(s, 3, DISCOUNT_ACTIVE);
    execute(s, true);
}

static void write_customer(struct statement *s, int i)
{
    put_int(s, 0, 112500);
    put_now(s, 1);
    put_int(s, 2, shop.store[0]);
    put_int(s, 3, customer[i]);
    execute(s, true);
}

static void write_use(struct statement *s, int i, int n, const char *nonce)
{
    put_int(s, 0, 1);
    put_int(s, 1, 1);
    put_int(s, 2, pool_first_id + n);
    put_text(s, 3, nonce, NONCE_TEXT);
    put_int(s, 4, cashier[i].id);
    for (int k = 5; k < 8; k++)
        put_now(s, k);
    put_int(s, 8, shop.store[0]);
    execute(s, true);
}

static void write_traces(struct statement *audit, struct statement *job, long long id,
                         int64_t staff_id)
{
    char idk[40], body[48];
    uint8_t ulid[16];

    put_now(audit, 0);
    put_int(audit, 1, ACTOR_STAFF);
    put_int(audit, 2, staff_id);
    put_text(audit, 3, "redemption.confirm", 18);
    put_int(audit, 4, id);
    put_text(audit, 5, "", 0);
    execute(audit, true);

    ulid_new(NOW, ulid);
    put_text(job, 0, (const char *)ulid, sizeof ulid);
    put_int(job, 1, 116);
    put_text(job, 2, "core.discount_redeemed", 22);
    put_now(job, 3);
    put_text(job, 4, idk, (size_t)snprintf(idk, sizeof idk, "r:%lld", id));
    put_now(job, 5);
    put_text(job, 6, body,
             (size_t)snprintf(body, sizeof body, "{\"v\":1,\"a\":{\"r\":%lld}}", id));
    execute(job, true);
}

static void bare_one(MYSQL *my, struct statement *s, int i, int n)
{
    char nonce[NONCE_TEXT + 1];

    snprintf(nonce, sizeof nonce, "N%09d", pool_base + n);
    need(mysql_query(my, "START TRANSACTION") == 0, mysql_error(my));
    put_text(&s[S_HELD], 0, nonce, NONCE_TEXT);
    put_int(&s[S_HELD], 1, cashier[i].id);
    select_held(&s[S_HELD]);
    write_use(&s[S_USE], i, n, nonce);
    put_int(&s[S_RECEIPT], 0, shift[i].id);
    put_int(&s[S_RECEIPT], 1, cashier[i].id);
    execute(&s[S_RECEIPT], true);
    write_redemption(&s[S_REDEEM], i, n, nonce,
                     (long long)mysql_stmt_insert_id(s[S_RECEIPT].h));
    write_turn(&s[S_TURN], n);
    write_customer(&s[S_CUSTOMER], i);
    write_traces(&s[S_AUDIT], &s[S_JOB], (long long)mysql_stmt_insert_id(s[S_REDEEM].h),
                 cashier[i].id);
    need(mysql_query(my, "COMMIT") == 0, mysql_error(my));
}

static void *run_bare(void *arg)
{
    int i = ((int *)arg)[0], used = ((int *)arg)[1], mine = 0, n;
    struct statement *s = calloc(S_COUNT, sizeof *s);
    MYSQL *my = mysql_init(NULL);

    need(s != NULL && my != NULL &&
             mysql_real_connect(my, NULL, shop.cfg->database_user,
                                shop.cfg->database_password, shop.cfg->database_name, 0,
                                shop.cfg->database_socket, 0) != NULL,
         "cannot connect");
    mysql_set_character_set(my, "utf8mb4");
    need(mysql_query(my, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED") == 0,
         mysql_error(my));
    for (int k = 0; k < S_COUNT; k++) {
        s[k].h = mysql_stmt_init(my);
        need(mysql_stmt_prepare(s[k].h, sqls[k], strlen(sqls[k])) == 0,
             mysql_stmt_error(s[k].h));
    }
    while ((n = take(i, used, &mine)) >= 0) {
        bare_one(my, s, i, n);
        next_one++;
    }
    for (int k = 0; k < S_COUNT; k++)
        mysql_stmt_close(s[k].h);
    mysql_close(my);
    free(s);
    return NULL;
}

/* ---- turns ---------------------------------------------------------------------- */

static int64_t questions(void)
{
    need(db_one(shop.db, "SHOW GLOBAL STATUS LIKE 'Questions'") == ST_OK, "status");
    return strtoll(db_text(shop.db, 1, NULL), NULL, 10);
}

/* Transactions a second; *per: statements of the server a transaction. */
static double turn(void *(*run)(void *), int connections, double *per)
{
    pthread_t ids[CASHIERS];
    int args[CASHIERS][2];
    int64_t asked, began;
    double seconds;

    fill_pool(connections);
    asked = questions();
    began = clock_mono_ms();
    stop_ms = began + TURN_MS;
    for (int i = 0; i < connections; i++) {
        args[i][0] = i;
        args[i][1] = connections;
        need(pthread_create(&ids[i], NULL, run, args[i]) == 0, "thread");
    }
    for (int i = 0; i < connections; i++)
        pthread_join(ids[i], NULL);
    seconds = (double)(clock_mono_ms() - began) / 1000.0;
    *per = (double)(questions() - asked) / (double)next_one;
    return (double)next_one / seconds;
}

static double best(double a, double b)
{
    return a > b ? a : b;
}

int main(void)
{
    static const int connections[] = {1, 8, 32};
    double per_core = 0, per_bare = 0;

    shop_open(&shop);
    open_tills();
    need(db_one(shop.db, "SELECT CONCAT(VERSION(), ', innodb_flush_log_at_trx_commit ',"
                         " @@innodb_flush_log_at_trx_commit)") == ST_OK,
         "version");
    printf("# baseline: the same statements from a bare libmariadb loop, server %s\n",
           db_text(shop.db, 0, NULL));
    for (size_t k = 0; k < sizeof connections / sizeof *connections; k++) {
        int c = connections[k];
        double core = 0, bare = 0, per;

        for (int round = 0; round < 2; round++) {
            bare = best(bare, turn(run_bare, c, &per));
            per_bare = k == 0 ? per : per_bare;
            core = best(core, turn(run_core, c, &per));
            per_core = k == 0 ? per : per_core;
        }
        printf("redeem.tx_s.%d %.0f tx/s\n", c, core);
        printf("redeem.bare_tx_s.%d %.0f tx/s\n", c, bare);
        printf("ratio.sql.redeem.%d %.2f ratio\n", c, core / bare);
    }
    printf("redeem.statements %.1f statements/tx\n", per_core);
    printf("redeem.bare_statements %.1f statements/tx\n", per_bare);
    shop_close(&shop);
    return 0;
}
