/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * GET /l/{token}: whoever presses a link of a broadcast gets where it leads, and is
 * counted once for each press; who only looks is not; what was not made here is refused
 * kindly. */
#include "tests/flow/api_broadcasts.h"

#include "api/link.h"
#include "core/broadcast/link.h"
#include "core/setting.h"

static int64_t owner, broadcast, person, other;
static char token[LINK_TOKEN_BYTES];

static const char *address(const struct link_of *l)
{
    static char out[LINK_ADDRESS_BYTES];
    struct config cfg = *api_place.cfg;

    cfg.public_url = "https://loyal.example/";
    assert_int_equal(link_address(&cfg, l, out, sizeof out), ST_OK);
    assert_memory_equal(out, "https://loyal.example/l/", 24);
    return out;
}

static int opened(void **state)
{
    static const char *const names[] = {"quiet_from", "quiet_to"};
    struct heard h = {0};
    const char *why;
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    person = a_customer("Мария", "Соколова", true);
    other = a_customer("Пётр", "Соколов", false);
    for (int i = 0; i < 2; i++) /* at whatever hour the tests run */
        assert_int_equal(
            setting_set(api_place.db, clock_now(),
                        &(struct setting_change){names[i], "00:00", "test"}, &why),
            ST_OK);
    broadcast = a_broadcast(owner, "Со ссылками", TO_ALL "," SAYS(SHOWN));
    acts(&h, 202, broadcast, "send-now", NULL, owner);
    broadcast_filled(broadcast);
    sends(broadcast, &person, 1, RECIPIENT_SENT, WHY_NONE);
    snprintf(token, sizeof token, "%s",
             address(&(struct link_of){broadcast, person, link_no(1, 1)}) + 24);
    heard_free(&h);
    return st;
}

static const char *path_of(const char *t)
{
    static char path[100];

    snprintf(path, sizeof path, "/l/%s", t);
    return path;
}

static int64_t clicks(void)
{
    return counts("SELECT COALESCE(SUM(n), 0) FROM broadcast_click WHERE link > 0");
}

static void pressed_and_sent_on(void **state)
{
    struct heard h = {0};
    int64_t before = clicks();

    (void)state;
    asks(&h, 302,
         &(struct ask){"GET", path_of(token),
                       .headers = "User-Agent: "
                                  "Mozilla/5.0 (Linux; Android 13; CUBOT X18)\r\n"});
    assert_string_equal(heard_header(&h, "Location"), "https://shop.example/new?x=1");
    assert_string_equal(heard_header(&h, "Cache-Control"), "no-store");
    assert_string_equal(heard_header(&h, "Referrer-Policy"), "no-referrer");
    assert_int_equal(clicks(), before + 1);
    asks(&h, 302, &(struct ask){"GET", path_of(token)});
    assert_int_equal(clicks(), before + 2);
    assert_int_equal(counts("SELECT COUNT(DISTINCT customer_id) FROM broadcast_click"),
                     1);
    asks(&h, 200,
         &(struct ask){"GET", at_of("/api/v1/broadcasts", broadcast, "/stats"),
                       .as = owner});
    assert_int_equal(number(&h, "total.clicked"), 1);
    assert_int_equal(json_int_or(json_at(json_get(h.json, "links"), 0), "clicks", 0),
                     2);
    heard_free(&h);
}

static void who_only_looks_is_not_counted(void **state)
{
    static const char *const agents[] = {
        "User-Agent: TelegramBot (like TwitterBot)\r\n",
        "User-Agent: WhatsApp/2.23.20.0 A\r\n",
        "User-Agent: facebookexternalhit/1.1\r\n",
        "User-Agent: Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)\r\n",
    };
    struct heard h = {0};
    int64_t before = clicks();

    (void)state;
    asks(&h, 302, &(struct ask){"HEAD", path_of(token)});
    for (size_t i = 0; i < sizeof agents / sizeof *agents; i++)
        asks(&h, 302, &(struct ask){"GET", path_of(token), .headers = agents[i]});
    assert_int_equal(clicks(), before);
    assert_false(link_only_looks(NULL));
    assert_false(link_only_looks("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0)"));
    /* Who got nothing, of a link passed on or of a try: they go on, and are not counted. */
    asks(&h, 302,
         &(struct ask){"GET", path_of(address(&(struct link_of){broadcast, other,
                                                                link_no(1, 1)}) +
                                      24)});
    assert_int_equal(clicks(), before);
    heard_free(&h);
}

static void what_was_not_made_here_is_refused(void **state)
{
    char wrong[LINK_TOKEN_BYTES];
    struct heard h = {0};
    struct config cfg = *api_place.cfg;
    struct link_of l;

    (void)state;
    for (size_t i = 0; token[i] != '\0'; i++) {
        snprintf(wrong, sizeof wrong, "%s", token);
        wrong[i] = wrong[i] == 'a' ? 'q' : 'a';
        if (link_read(&cfg, wrong, &l) == ST_OK)
            assert_int_equal(i, strlen(token) - 1); /* bits left over at its end */
    }
    asks(&h, 404,
         &(struct ask){"GET", path_of("aebagbafnotatokenofoursatall"), .lang = "ru"});
    assert_non_null(strstr(h.raw.s, "text/html"));
    assert_non_null(strstr(h.raw.s, "Ссылка устарела"));
    asks(&h, 404, &(struct ask){"GET", path_of("x")});
    assert_non_null(strstr(h.raw.s, "This link is over"));
    asks(&h, 404,
         &(struct ask){"GET", path_of(address(&(struct link_of){broadcast, person,
                                                                link_no(1, 9)}) +
                                      24)});
    asks(&h, 404, &(struct ask){"GET", "/l/"});
    cfg.jwt_secret_key = "another-key-that-is-long-enough-as-well";
    assert_int_equal(link_read(&cfg, token, &l), ST_BAD);
    cfg.jwt_secret_key_old = api_place.cfg->jwt_secret_key; /* the one before it */
    assert_int_equal(link_read(&cfg, token, &l), ST_OK);
    assert_int_equal(l.customer_id, person);
    cfg.public_url = NULL;
    assert_false(links_counted(&cfg));
    heard_free(&h);
}

static void numbers_of_any_size_come_back(void **state)
{
    static const int64_t ids[] = {1, 127, 128, 16384, 4294967296, INT64_MAX};
    struct config cfg = *api_place.cfg;
    char out[LINK_ADDRESS_BYTES];

    (void)state;
    cfg.public_url = "https://loyal.example";
    for (size_t i = 0; i < 6; i++)
        for (size_t k = 0; k < 6; k++) {
            struct link_of was = {ids[i], ids[k], 501}, is;

            assert_int_equal(link_address(&cfg, &was, out, sizeof out), ST_OK);
            assert_true(strlen(out + 24) < LINK_TOKEN_BYTES);
            assert_int_equal(link_read(&cfg, out + 24, &is), ST_OK);
            assert_int_equal(is.broadcast_id, was.broadcast_id);
            assert_int_equal(is.customer_id, was.customer_id);
            assert_int_equal(is.no, was.no);
        }
    assert_int_equal(link_address(&cfg, &(struct link_of){0, 1, 1}, out, sizeof out),
                     ST_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pressed_and_sent_on),
        cmocka_unit_test(who_only_looks_is_not_counted),
        cmocka_unit_test(what_was_not_made_here_is_refused),
        cmocka_unit_test(numbers_of_any_size_come_back),
    };

    return cmocka_run_group_tests_name("api: links", tests, opened, api_close);
}
