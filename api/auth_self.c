/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/auth.h"

#include "core/base/stamp.h"
#include "core/setting.h"
#include "core/staff/guard.h"
#include "core/staff/login.h"

#include <stdio.h>
#include <string.h>

#define SESSIONS_MOST 100
#define FRESH (15 * MINUTE) /* a login this young stands for a password */
#define ID_BYTES 24

#define N(table) (sizeof(table) / sizeof *(table))

/* ---- me --------------------------------------------------------------------------- */

static void put_time(struct json *o, const char *name, int64_t at)
{
    char text[STAMP_BYTES];

    stamp_print(at, text);
    json_set_text(o, name, text);
}

static void add_text(struct buf *out, const char *name, const char *text)
{
    buf_addf(out, ",\"%s\":", name);
    buf_add_json(out, text, strlen(text));
}

static void add_time(struct buf *out, const char *name, int64_t at)
{
    char text[STAMP_BYTES];

    stamp_print(at, text);
    add_text(out, name, text);
}

/* Asked by each page of the panel and at each wake of its tab: written straight down, as
 * auth_admin_json would. */
enum status auth_me(struct call *c)
{
    const struct staff *who = &c->who.staff;
    struct buf text = {0};
    const char *comma = "";
    enum status st = query_read(c, NULL, 0);

    if (st != ST_OK)
        return st;
    buf_addf(&text, "{\"id\":%lld", (long long)who->id);
    add_text(&text, "name", who->name);
    add_text(&text, "language", who->language);
    add_text(&text, "role", role_name(who->role));
    buf_adds(&text, ",\"permissions\":[");
    for (int p = PERM_UNSET + 1; p < PERM_COUNT; p++)
        if (role_may(who->role, (enum perm)p)) {
            buf_adds(&text, comma);
            buf_addc(&text, '"');
            buf_adds(&text, perm_name((enum perm)p));
            buf_addc(&text, '"');
            comma = ",";
        }
    buf_addf(&text, "],\"token\":{\"jti\":\"%s\"", c->who.jti);
    add_time(&text, "issued_at", c->who.issued);
    add_time(&text, "expires_at", c->who.expires);
    buf_adds(&text, "}}");
    answer_text(c, 200, "application/json", &text);
    return ST_OK;
}

/* ---- sessions --------------------------------------------------------------------- */

enum status auth_logout(struct call *c)
{
    return session_end(c->db, c->now, c->who.staff.id, c->who.jti);
}

enum status auth_logout_all(struct call *c)
{
    return login_end_all(c->db, c->now, c->who.staff.id);
}

enum status auth_sessions(struct call *c)
{
    struct session list[SESSIONS_MOST];
    struct json *o, *items;
    int n = 0;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = session_list(c->db, c->now, c->who.staff.id, list, SESSIONS_MOST, &n);
    if (st != ST_OK)
        return st;
    o = json_new_object();
    items = json_new_array();
    for (int i = 0; i < n; i++) {
        struct json *one = json_new_object();

        json_set_text(one, "jti", list[i].jti);
        json_set_bool(one, "current", strcmp(list[i].jti, c->who.jti) == 0);
        put_time(one, "issued_at", list[i].issued);
        put_time(one, "expires_at", list[i].expires);
        json_set_text(one, "ip", list[i].ip);
        json_set_text(one, "agent", list[i].agent);
        json_push(items, one);
    }
    json_set(o, "items", items);
    answer_json(c, 200, o);
    return ST_OK;
}

enum status auth_session_end(struct call *c)
{
    enum status st = session_end(c->db, c->now, c->who.staff.id, c->key);

    return st == ST_NONE ? problem(c, PROBLEM_NOT_FOUND, NULL) : st;
}

/* ---- proving it is them ----------------------------------------------------------- */

enum status auth_prove(struct call *c, const struct account *a, const char *password)
{
    char id[ID_BYTES];
    const struct guard_subject self = {"staff", id, GUARD_FREE_EMAIL};
    enum status st;

    snprintf(id, sizeof id, "%lld", (long long)c->who.staff.id);
    if (a->hash[0] == '\0') {
        if (c->who.issued > c->now - FRESH)
            return ST_OK;
        return problem(c, PROBLEM_FORBIDDEN, "%s",
                       tell(c, "Для этого войдите ещё раз: вход был давно.",
                            "Log in again for this: your login is too old."));
    }
    st = auth_try(c, &self);
    if (st == ST_OK && (password == NULL || !account_word_is(a, password)))
        st = auth_wrong(c);
    return st == ST_OK ? guard_pass(c->db, &self) : st;
}

/* ---- the password ----------------------------------------------------------------- */

struct change {
    struct call *c;
    struct account_word word;
};

static enum status change_word(struct db *db, void *arg)
{
    struct change *ch = arg;

    return account_set_word(db, ch->c->now, ch->c->who.staff.id, &ch->word);
}

static enum status bad(struct call *c, const char *pointer, const char *code,
                       const char *ru, const char *en)
{
    call_fault(c, pointer, code, "%s", tell(c, ru, en));
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

static enum status word_set(struct call *c, const struct account *a, const char *email,
                            const char *password)
{
    char hash[PASSWORD_HASH];
    struct change ch = {
        .c = c,
        .word = {.email = email, .hash = hash, .keep = c->who.jti, .epoch = a->epoch}};
    enum status st = account_word(password, hash);

    if (st == ST_BAD)
        return bad(c, "/password", "too_short",
                   "от 10 символов; не больше 72 байт (36 русских букв)",
                   "10 characters or more, and at most 72 bytes");
    if (st == ST_OK)
        st = db_tx(c->db, change_word, &ch);
    if (st == ST_REFUSED) /* what was proved is not so any more */
        return auth_wrong(c);
    if (st == ST_TAKEN)
        return problem(c, PROBLEM_CONFLICT, "%s",
                       tell(c, "Эта почта уже занята.", "This e-mail is taken."));
    if (st == ST_BAD)
        return bad(c, "/email", "required", "укажите почту: по ней вы будете входить",
                   "give an e-mail: you will log in with it");
    return st;
}

enum status auth_password(struct call *c)
{
    static const struct field fields[] = {
        {"email", FIELD_TEXT, .min = 3, .max = 190},
        {"current", FIELD_TEXT, .min = 1, .max = 200},
        {"password", FIELD_TEXT, .required = true, .min = 1, .max = 200},
    };
    char email[ACCOUNT_EMAIL_BYTES] = "";
    struct account a;
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK && given_has(&c->body, "email") &&
        !account_email(given_text(&c->body, "email"), email))
        st = bad(c, "/email", "format", "это не адрес почты",
                 "this is no e-mail address");
    if (st == ST_OK)
        st = account_load(c->db, c->who.staff.id, &a);
    if (st == ST_OK)
        st = auth_prove(c, &a, given_text(&c->body, "current"));
    return st == ST_OK ? word_set(c, &a, email, given_text(&c->body, "password")) : st;
}

/* ---- six digits ------------------------------------------------------------------- */

struct digits {
    struct call *c;
    struct account account;
    const char *code;
    char secret[TOTP_SECRET];
};

static enum status enrol(struct db *db, void *arg)
{
    struct digits *d = arg;
    enum status st = who_hold(d->c);

    if (st != ST_OK)
        return st;
    return account_totp_enrol(db, d->c->now, d->account.staff_id, d->secret);
}

static enum status enrolled(struct call *c, struct digits *d)
{
    struct buf brand = {0}, uri = {0};
    struct json *o;
    enum status st = setting_text(c->db, "brand_name", &brand);

    if (st == ST_OK) {
        totp_uri_add(&uri, brand.len > 0 ? brand.s : "Dvorik",
                     d->account.email[0] != '\0' ? d->account.email : c->who.staff.name,
                     d->secret);
        o = json_new_object();
        json_set_text(o, "secret", d->secret);
        json_set_text(o, "uri", uri.failed ? NULL : uri.s);
        answer_json(c, 200, o);
    }
    buf_free(&brand);
    buf_free(&uri);
    return st;
}

static enum status totp_begin(struct call *c, struct digits *d)
{
    enum status st = auth_prove(c, &d->account, given_text(&c->body, "password"));

    if (st == ST_OK)
        st = db_tx(c->db, enrol, d);
    if (st == ST_TAKEN)
        return problem(c, PROBLEM_CONFLICT, "%s",
                       tell(c, "Коды уже включены.", "Codes are on already."));
    return st == ST_OK ? enrolled(c, d) : st;
}

static enum status use(struct db *db, void *arg)
{
    struct digits *d = arg;
    enum status st = who_hold(d->c);

    if (st != ST_OK)
        return st;
    return account_totp_use(db, d->c->now, &d->account, d->code);
}

static enum status use_and_off(struct db *db, void *arg)
{
    struct digits *d = arg;
    enum status st = use(db, arg);

    return st == ST_OK ? account_totp_off(db, d->c->now, d->account.staff_id) : st;
}

/* Guesses at six digits are counted as those at a password. */
static enum status totp_code_is(struct call *c, struct digits *d, db_work *work)
{
    char id[ID_BYTES];
    const struct guard_subject self = {"totp", id, GUARD_FREE_EMAIL};
    enum status st;

    snprintf(id, sizeof id, "%lld", (long long)c->who.staff.id);
    if (d->code == NULL)
        return bad(c, "/code", "required", "нужен код из приложения",
                   "the code of your app is needed");
    st = auth_try(c, &self);
    if (st == ST_OK)
        st = db_tx(c->db, work, d);
    if (st == ST_NONE)
        return problem(c, PROBLEM_CONFLICT, "%s",
                       tell(c, "Сначала получите секрет (action: enrol).",
                            "Ask for a secret first (action: enrol)."));
    if (st == ST_REFUSED && c->answer.problem == PROBLEM_NONE)
        return auth_wrong(c);
    return st == ST_OK ? guard_pass(c->db, &self) : st;
}

static enum status totp_confirm(struct call *c, struct digits *d)
{
    return totp_code_is(c, d, use);
}

static enum status totp_disable(struct call *c, struct digits *d)
{
    return totp_code_is(c, d, use_and_off);
}

enum status auth_totp(struct call *c)
{
    static const char *const words[] = {"enrol", "confirm", "disable", NULL};
    static enum status (*const acts[])(struct call *, struct digits *) = {
        totp_begin, totp_confirm, totp_disable};
    static const struct field fields[] = {
        {"action", FIELD_WORD, .required = true, .words = words},
        {"code", FIELD_TEXT, .min = 6, .max = 6},
        {"password", FIELD_TEXT, .min = 1, .max = 200},
    };
    struct digits d = {.c = c};
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK)
        st = account_load(c->db, c->who.staff.id, &d.account);
    d.code = given_text(&c->body, "code");
    return st == ST_OK ? acts[given_value(&c->body, "action")->number](c, &d) : st;
}
