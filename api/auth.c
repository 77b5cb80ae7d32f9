/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/auth.h"

#include "core/audit.h"
#include "core/base/stamp.h"
#include "core/io/jwt.h"
#include "core/setting.h"
#include "core/staff/guard.h"
#include "core/staff/login.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))

struct session_from auth_from(const struct call *c)
{
    return (struct session_from){.ip = c->address, .agent = c->said.agent};
}

struct json *auth_admin_json(const struct staff *who)
{
    struct json *o = json_new_object(), *perms = json_new_array();

    for (int p = PERM_UNSET + 1; p < PERM_COUNT; p++)
        if (role_may(who->role, (enum perm)p))
            json_push_text(perms, perm_name((enum perm)p));
    json_set_int(o, "id", who->id);
    json_set_text(o, "name", who->name);
    json_set_text(o, "language", who->language);
    json_set_text(o, "role", role_name(who->role));
    json_set(o, "permissions", perms);
    return o;
}

/* ---- the signed word -------------------------------------------------------------- */

static enum status key_missing(struct call *c)
{
    if (c->cfg->jwt_secret_key != NULL)
        return ST_OK;
    return problem(c, PROBLEM_FEATURE_DISABLED, "%s",
                   tell(c, "Вход в панель не настроен: нет JWT_SECRET_KEY.",
                        "Logging in is not set up: there is no JWT_SECRET_KEY."));
}

static enum status answer_session(struct call *c, const struct session *s)
{
    const struct jwt_keys keys = {c->cfg->jwt_secret_key, NULL};
    struct jwt_claims word = {
        .sub = s->staff_id, .issued = s->issued, .expires = s->expires};
    struct buf token = {0};
    char until[STAMP_BYTES];
    struct staff who;
    struct json *o;
    enum status st = staff_load(c->db, s->staff_id, &who);

    snprintf(word.jti, sizeof word.jti, "%s", s->jti);
    if (st == ST_OK)
        st = jwt_make(&keys, &word, &token);
    if (st == ST_OK) {
        stamp_print(s->expires, until);
        o = json_new_object();
        json_set_text(o, "token", token.s);
        json_set_text(o, "token_type", "Bearer");
        json_set_text(o, "expires_at", until);
        json_set(o, "admin", auth_admin_json(&who));
        answer_json(c, 200, o);
    }
    if (token.s != NULL)
        explicit_bzero(token.s, token.len);
    buf_free(&token);
    return st;
}

/* ---- a one-time token ------------------------------------------------------------- */

static enum status bot_link(struct call *c, const char *ask, struct json *o)
{
    struct buf bot = {0}, link = {0};
    enum status st = setting_text(c->db, "auth_bot_username", &bot);

    if (st == ST_OK) {
        buf_addf(&link, "https://t.me/%s?start=login_%s", bot.s != NULL ? bot.s : "",
                 ask);
        json_set_text(o, "link", bot.len > 0 ? link.s : NULL);
        buf_clear(&link);
        buf_addf(&link, "/start login_%s", ask);
        json_set_text(o, "command", link.s);
        st = link.failed ? ST_BROKEN : ST_OK;
    }
    buf_free(&bot);
    buf_free(&link);
    return st;
}

enum status auth_login_request(struct call *c)
{
    const struct session_from from = auth_from(c);
    char keep[LOGIN_TOKEN + 1], ask[LOGIN_TOKEN + 1], until[STAMP_BYTES];
    struct json *o;
    enum status st = key_missing(c);

    if (st == ST_OK)
        st = login_ask(c->db, c->now, &from, keep, ask);
    if (st != ST_OK)
        return st;
    o = json_new_object();
    stamp_print(c->now + LOGIN_ASK_LIFE, until);
    json_set_text(o, "token", keep);
    json_set_text(o, "expires_at", until);
    json_set_int(o, "poll_seconds", 2);
    st = bot_link(c, ask, o);
    if (st == ST_OK)
        answer_json(c, 201, o);
    else
        json_free(o);
    return st;
}

static enum status still_waiting(struct call *c)
{
    struct json *o = json_new_object();

    json_set_text(o, "state", "waiting");
    answer_json(c, 202, o);
    answer_header(c, "Retry-After", "2");
    return ST_OK;
}

static enum status token_refused(struct call *c, enum login_result result)
{
    switch (result) {
    case LOGIN_USED:
        return problem(c, PROBLEM_TOKEN_USED, NULL);
    case LOGIN_EXPIRED:
        return problem(c, PROBLEM_TOKEN_EXPIRED, NULL);
    case LOGIN_FORBIDDEN:
        return problem(
            c, PROBLEM_FORBIDDEN, "%s",
            tell(c, "У вас нет доступа в панель.", "You have no access to the panel."));
    case LOGIN_DECLINED:
        return problem(
            c, PROBLEM_UNAUTHENTICATED, "%s",
            tell(c, "Вход отклонён в боте.", "The login was declined in the bot."));
    default:
        return problem(
            c, PROBLEM_UNAUTHENTICATED, "%s",
            tell(c, "Такой ссылки для входа нет.", "There is no such login link."));
    }
}

enum status auth_login_token(struct call *c)
{
    static const struct field fields[] = {
        {"token", FIELD_TEXT, .required = true, .min = 1, .max = 64},
    };
    struct login_try t = {.from = auth_from(c)};
    enum login_result result = LOGIN_UNKNOWN;
    struct session s;
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK)
        st = key_missing(c);
    t.token = given_text(&c->body, "token");
    if (st == ST_OK)
        st = login_use(c->db, c->now, &t, &result, &s);
    if (st != ST_OK)
        return st;
    if (result == LOGIN_OPEN)
        return answer_session(c, &s);
    return result == LOGIN_WAITS ? still_waiting(c) : token_refused(c, result);
}

/* ---- tries ------------------------------------------------------------------------ */

struct counted {
    int64_t now;
    const struct guard_subject *subject;
    int wait;
};

static enum status count(struct db *db, void *arg)
{
    struct counted *t = arg;

    return guard_try(db, t->now, t->subject, &t->wait);
}

enum status auth_try(struct call *c, const struct guard_subject *s)
{
    struct counted t = {.now = c->now, .subject = s};
    char wait[16];
    enum status st = db_tx(c->db, count, &t);

    if (st != ST_REFUSED)
        return st;
    problem(c, PROBLEM_RATE_LIMITED, "%s",
            tell(c, "Слишком много попыток. Подождите немного.",
                 "Too many tries. Wait a little."));
    snprintf(wait, sizeof wait, "%d", t.wait);
    answer_header(c, "Retry-After", wait);
    return ST_REFUSED;
}

enum status auth_wrong(struct call *c)
{
    return problem(c, PROBLEM_UNAUTHENTICATED, "%s",
                   tell(c, "Почта, пароль или код не подошли.",
                        "The e-mail, password or code is wrong."));
}

/* ---- e-mail and password ---------------------------------------------------------- */

struct entry {
    struct call *c;
    char email[ACCOUNT_EMAIL_BYTES], place[CALL_ADDRESS_BYTES];
    const char *code; /* NULL: none given */
    struct account account;
    bool right;      /* the password was */
    bool wants_code; /* … and six digits are still missing */
    struct session session;
};

/* Of a failure the audit keeps whose it was, if anybody's, and a keyed hash of the
 * address that was tried. */
static enum status entry_failed(struct db *db, struct entry *e)
{
    const struct audit_field email = {"email", NULL, e->email};

    return audit_add(db, e->c->now,
                     &(struct audit_entry){.actor = ACTOR_API,
                                           .action = "login.failed",
                                           .entity_id = e->account.staff_id,
                                           .fields = &email,
                                           .n_fields = 1});
}

/* Of IPv6 a subscriber has 2^64: all of them count as one (as in rate.h). */
static void place_of(const struct call *c, char out[CALL_ADDRESS_BYTES])
{
    struct in6_addr a;

    snprintf(out, CALL_ADDRESS_BYTES, "%s", c->address);
    if (inet_pton(AF_INET6, c->address, &a) != 1 || IN6_IS_ADDR_V4MAPPED(&a))
        return;
    for (int i = 0; i < 8; i++)
        snprintf(out + i * 2, 3, "%02x", a.s6_addr[i]);
}

static enum status entry_counts(struct db *db, const struct entry *e)
{
    const struct guard_subject email = {"email", e->email, GUARD_FREE_EMAIL};
    const struct guard_subject ip = {"ip", e->place, GUARD_FREE_IP};
    enum status st = e->wants_code ? guard_undo(db, &email) : guard_pass(db, &email);

    return st == ST_OK ? guard_undo(db, &ip) : st;
}

static enum status entry_begin(struct db *db, struct entry *e)
{
    return session_begin(db, e->c->now,
                         &(struct session_spec){.staff_id = e->account.staff_id,
                                                .from = auth_from(e->c),
                                                .how = "login.password_used"},
                         &e->session);
}

/* Meanwhile the password may have been changed, or all been logged out. */
static enum status entry_again(struct db *db, struct entry *e, bool *right)
{
    struct account a;
    enum status st = account_lock(db, e->c->now, e->account.staff_id, &a);

    *right = st == ST_OK && a.epoch == e->account.epoch &&
             strcmp(a.hash, e->account.hash) == 0;
    if (*right)
        e->account = a;
    return st == ST_NONE ? ST_OK : st;
}

/* The second half, after the slow part: everything that is written. */
static enum status entry_finish(struct db *db, void *arg)
{
    struct entry *e = arg;
    bool right = e->right;
    enum status st = right ? entry_again(db, e, &right) : ST_OK;

    if (st != ST_OK)
        return st;
    e->wants_code = right && e->account.totp_on && e->code == NULL;
    if (right && e->account.totp_on && e->code != NULL) {
        st = account_totp_use(db, e->c->now, &e->account, e->code);
        right = st == ST_OK;
        st = st == ST_REFUSED ? ST_OK : st;
    }
    if (st == ST_OK && right && !e->wants_code) {
        st = entry_begin(db, e);
        right = st == ST_OK; /* not if they may not use the panel any more */
        st = st == ST_REFUSED ? ST_OK : st;
    }
    if (st == ST_OK)
        st = right ? entry_counts(db, e) : entry_failed(db, e);
    e->session.staff_id = right && !e->wants_code ? e->account.staff_id : 0;
    return st;
}

static enum status entry_answer(struct call *c, struct entry *e)
{
    if (e->session.staff_id != 0)
        return answer_session(c, &e->session);
    if (e->wants_code)
        json_set_bool(problem_extras(c), "totp_required", true);
    return auth_wrong(c);
}

static enum status entry_try(struct call *c, struct entry *e, const char *password)
{
    const struct guard_subject email = {"email", e->email, GUARD_FREE_EMAIL};
    const struct guard_subject ip = {"ip", e->place, GUARD_FREE_IP};
    enum status st = auth_try(c, &ip);

    if (st == ST_OK)
        st = auth_try(c, &email);
    if (st == ST_OK)
        st = account_find(c->db, e->email, &e->account);
    if (st != ST_OK && st != ST_NONE)
        return st;
    e->right = account_word_is(&e->account, password); /* a quarter of a second */
    st = db_tx(c->db, entry_finish, e);
    return st == ST_OK ? entry_answer(c, e) : st;
}

enum status auth_login(struct call *c)
{
    static const struct field fields[] = {
        {"email", FIELD_TEXT, .required = true, .min = 3, .max = 190},
        {"password", FIELD_TEXT, .required = true, .min = 1, .max = 200},
        {"code", FIELD_TEXT, .min = 6, .max = 6},
    };
    struct entry e = {.c = c};
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK)
        st = key_missing(c);
    if (st == ST_OK && !account_email(given_text(&c->body, "email"), e.email)) {
        call_fault(c, "/email", "format", "%s",
                   tell(c, "это не адрес почты", "this is no e-mail address"));
        st = problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    e.code = given_text(&c->body, "code");
    place_of(c, e.place);
    return st == ST_OK ? entry_try(c, &e, given_text(&c->body, "password")) : st;
}
