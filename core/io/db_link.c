/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/db_link.h"

#include "core/base/clock.h"
#include "core/base/config.h"
#include "core/base/log.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define CONNECT_S 5     /* at most, to connect */
#define SILENCE_MS 5000 /* between two lines about an unreachable server */

static pthread_once_t library = PTHREAD_ONCE_INIT;
static _Atomic int64_t spoke_at; /* mono ms */
static _Atomic bool unreachable;

static void library_start(void)
{
    if (mysql_library_init(0, NULL, NULL) != 0)
        log_error("db.library");
}

void db_link_library(void)
{
    pthread_once(&library, library_start);
}

bool db_link_may_speak(void)
{
    int64_t now = clock_mono_ms(), last = atomic_load(&spoke_at);

    if (last != 0 && now - last < SILENCE_MS)
        return false;
    return atomic_compare_exchange_strong(&spoke_at, &last, now);
}

bool db_link_farewell(MYSQL *my)
{
#if DB_LINK_MARIADB
    struct pollfd p = {.fd = mysql_get_socket(my), .events = POLLIN};
#else
    struct pollfd p = {.fd = my->net.fd, .events = POLLIN};
#endif

    return poll(&p, 1, 0) != 0;
}

/* ---- the session ---------------------------------------------------------------- */

static const char *const session_start[] = {
    "SET NAMES utf8mb4 COLLATE utf8mb4_unicode_520_ci",
    "SET SESSION time_zone = '+00:00', SESSION autocommit = 1,"
    /* A handler is short: one that waits longer for a row has met a stuck one. */
    " SESSION innodb_lock_wait_timeout = 5,"
    " SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,"
    "NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
};

/* What it must then answer, column by column. MariaDB and MySQL differ in the name of
 * one variable. */
#define SESSION_READ(isolation)                                                        \
    "SELECT @@session.time_zone, @@session." isolation ", @@session.autocommit,"       \
    " @@session.character_set_connection,"                                             \
    " @@session.sql_mode LIKE '%STRICT_TRANS_TABLES%'"
static const char *const session_wanted[] = {"+00:00", "READ-COMMITTED", "1", "utf8mb4",
                                             "1"};
#define SESSION_FACTS (sizeof session_wanted / sizeof *session_wanted)

static bool session_fits(MYSQL_RES *res)
{
    MYSQL_ROW row = mysql_fetch_row(res);

    for (size_t i = 0; i < SESSION_FACTS; i++) {
        const char *got = row != NULL && row[i] != NULL ? row[i] : "";

        if (strcmp(got, session_wanted[i]) == 0)
            continue;
        log_error("db.session", LOG_TEXT("wanted", session_wanted[i]),
                  LOG_TEXT("got", got));
        return false;
    }
    return true;
}

static enum status session_check(MYSQL *my)
{
    bool maria = strstr(mysql_get_server_info(my), "MariaDB") != NULL;
    const char *sql =
        maria ? SESSION_READ("tx_isolation") : SESSION_READ("transaction_isolation");
    MYSQL_RES *res;
    bool fits;

    if (mysql_real_query(my, sql, strlen(sql)) != 0)
        return ST_DOWN;
    res = mysql_store_result(my);
    if (res == NULL)
        return ST_DOWN;
    fits = session_fits(res);
    mysql_free_result(res);
    return fits ? ST_OK : ST_BROKEN;
}

/* ---- connecting ----------------------------------------------------------------- */

static const char *or_null(const char *s)
{
    return s != NULL && *s != '\0' ? s : NULL;
}

static void options_tls(MYSQL *my, const char *ca)
{
    db_flag on = 1;
#if DB_LINK_MARIADB
    if (ca == NULL)
        return;
    mysql_options(my, MYSQL_OPT_SSL_CA, ca);
    mysql_options(my, MYSQL_OPT_SSL_ENFORCE, &on);
    mysql_options(my, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &on);
#else
    unsigned mode = SSL_MODE_VERIFY_IDENTITY;

    mysql_options(my, MYSQL_OPT_GET_SERVER_PUBLIC_KEY, &on);
    if (ca == NULL)
        return;
    mysql_options(my, MYSQL_OPT_SSL_CA, ca);
    mysql_options(my, MYSQL_OPT_SSL_MODE, &mode);
#endif
}

static void options(MYSQL *my, const struct config *cfg, unsigned answer_s)
{
    unsigned connect_s = CONNECT_S, off = 0;

    mysql_options(my, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
    mysql_options(my, MYSQL_OPT_READ_TIMEOUT, &answer_s);
    mysql_options(my, MYSQL_OPT_WRITE_TIMEOUT, &answer_s);
    mysql_options(my, MYSQL_OPT_LOCAL_INFILE, &off);
    mysql_options(my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    options_tls(my, or_null(cfg->database_ssl_ca));
}

static enum status enter(MYSQL *my, const struct config *c)
{
    const char *socket = or_null(c->database_socket);

    if (mysql_real_connect(my, socket != NULL ? NULL : c->database_host,
                           c->database_user, or_null(c->database_password),
                           or_null(c->database_name), (unsigned)c->database_port,
                           socket, 0) == NULL)
        return ST_DOWN;
    for (size_t i = 0; i < sizeof session_start / sizeof *session_start; i++)
        if (mysql_real_query(my, session_start[i], strlen(session_start[i])) != 0)
            return ST_DOWN;
    return session_check(my);
}

enum status db_link_open(const struct config *cfg, unsigned answer_s, MYSQL **out)
{
    MYSQL *my = mysql_init(NULL);
    enum status st;

    *out = my;
    if (my == NULL)
        return ST_BROKEN;
    options(my, cfg, answer_s);
    st = enter(my, cfg);
    if (st == ST_OK) {
        if (atomic_exchange(&unreachable, false))
            log_info("db.reachable");
        return ST_OK;
    }
    atomic_store(&unreachable, true);
    if (db_link_may_speak())
        log_error("db.unreachable", LOG_INT("errno", mysql_errno(my)),
                  LOG_TEXT("why", mysql_error(my)));
    mysql_close(my);
    *out = NULL;
    return st;
}
