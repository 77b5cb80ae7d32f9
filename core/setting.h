/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/setting.h - what the shop decides for itself: its name, percents, terms, texts.
 *
 * One table (setting_table.c) holds each setting's name, kind, default, bounds and
 * help. MySQL keeps only what was set, with every former value (settings_history).
 * Nothing is cached, so a change is seen by the next step of every program: a step
 * reads all of them at once with setting_load (one SELECT of a small table).
 *
 * A value in the database that is not valid any more reads as its default, and is
 * logged: one bad row never stops the shop. */
#ifndef CORE_SETTING_H
#define CORE_SETTING_H

#include "core/base/buf.h"
#include "core/io/db.h"

#define SETTING_LINE 513  /* bytes of a short text, with its NUL */
#define SETTING_PAGE 2049 /* of a long one: about 1000 Russian letters */
#define SETTING_NAME 65   /* of a user name or channel */

enum setting_leap { SETTING_FEB28, SETTING_MAR1 };
enum setting_left { SETTING_LEFT_AT_ONCE, SETTING_LEFT_END_OF_DAY, SETTING_LEFT_KEEP };
enum setting_stacking {
    SETTING_BEST_ONLY
}; /* one code a purchase: the till knows no other way */
enum setting_amount {
    SETTING_AMOUNT_OFF,
    SETTING_AMOUNT_OPTIONAL,
    SETTING_AMOUNT_REQUIRED
};

/* All of them, typed. Percents are basis points, times of day minutes since midnight of
 * the shop's calendar. */
struct settings {
    char brand_name[SETTING_LINE];
    char brand_operator[SETTING_LINE]; /* legal name, for the consent texts */

    char channel_id[SETTING_NAME]; /* "-100…" or "@name"; empty: no channel, no gate */
    char channel_title[SETTING_LINE];
    char channel_url[SETTING_LINE];
    bool subscription_gate; /* a discount only for members of the channel */
    enum setting_left unsubscribe_policy; /* of it, when they leave the channel */
    enum setting_stacking stacking;
    int64_t remind_days_before; /* of its end; 0: never */

    int64_t discount_percent_bp; /* 0: nothing is given for joining */
    int64_t discount_days, discount_uses;

    char consent_text_ru[SETTING_PAGE], consent_text_en[SETTING_PAGE];
    char consent_url
        [SETTING_LINE]; /* the whole document; "": the text is all there is */
    char marketing_text_ru[SETTING_PAGE], marketing_text_en[SETTING_PAGE];
    /* Kept for broadcasts, which obey them; what a person's own act brings does not ask. */
    int64_t marketing_weekly_cap;
    int64_t marketing_rare_cap;     /* a month, of who asked for fewer */
    int64_t quiet_from, quiet_to;   /* no marketing between; equal: never quiet */
    bool broadcast_paid;            /* broadcasts may be faster than for nothing */
    int64_t broadcast_second_above; /* people: needs a second's word; 0: off */

    int64_t birthday_percent_bp; /* 0: no gifts */
    int64_t birthday_days_before, birthday_days_after, birthday_lead_days;
    enum setting_leap birthday_leap;
    bool birthday_year; /* must be told; else the day and month are enough */
    int64_t birthday_check_at;
    int64_t age_min;

    int64_t erase_grace_days;        /* 0: at once */
    char support_chat[SETTING_NAME]; /* "-100…" or "-100…/topic"; empty: to each of the
                                        staff who may answer */
    int64_t support_daily;           /* messages a customer a day */
    bool support_names;              /* the customer sees who answers */
    char map_url[SETTING_LINE]; /* {address} stands for the store's; empty: no map */

    int64_t hold_minutes, undo_minutes, confirm_minutes;
    int64_t retention_days, update_seen_days;

    bool maintenance; /* the guests' bot only says that it is under repair */

    bool pin_at_shift;
    int64_t pin_undo_above; /* kopecks; 0: never */
    int64_t shift_close_at; /* minute of the day, for stores without hours */

    enum setting_amount amount_mode; /* of stores that say nothing of their own */
    int64_t amount_limit;            /* kopecks: a purchase is not larger */
    int64_t undo_grace_hours, reissue_days;
    int64_t issue_daily_marketing, issue_daily_manager, issue_daily_seller;
    bool staff_own_redeem;
    int64_t member_recheck_minutes;
    int64_t fraud_cashier_hour, fraud_customer_day, fraud_again_minutes;
    int64_t fraud_undo_percent;
    bool till_page;

    char client_bot_username[SETTING_NAME]; /* without @; learned at start */
    char auth_bot_username[SETTING_NAME];
};

/* ---- reading -------------------------------------------------------------------- */

/* Fails only when the database does. */
must_check enum status setting_load(struct db *db, struct settings *out);

/* One of them: its stored form, or its number (bool: 0 or 1, choice: its position).
 * ST_NONE: there is no setting of that name, or it is no number. */
must_check enum status setting_text(struct db *db, const char *name, struct buf *out);
must_check enum status setting_int(struct db *db, const char *name, int64_t *out);

/* ---- writing -------------------------------------------------------------------- */

struct setting_change {
    const char *name, *value; /* as a person writes it: "10 %", "21:00", "да" */
    const char *by;           /* "cli", "owner:12": who did it, for the history */
};

/* ST_OK: set, or it was so already (no new version then). ST_NONE: no such setting;
 * ST_BAD: the value will not do; *why is a line in English, lent until the next call.
 */
must_check enum status setting_set(struct db *db, int64_t now,
                                   const struct setting_change *change,
                                   const char **why);

/* ---- the table ------------------------------------------------------------------ */

enum setting_kind {
    SETTING_IS_TEXT, /* one line */
    SETTING_IS_PAGE, /* text of several lines */
    SETTING_IS_INT,
    SETTING_IS_DAYS,
    SETTING_IS_PERCENT,  /* kept as basis points; read from "10 %" or "1000" */
    SETTING_IS_TIME,     /* HH:MM */
    SETTING_IS_BOOL,     /* kept as 0 or 1 */
    SETTING_IS_CHOICE,   /* one of the words */
    SETTING_IS_CHANNEL,  /* "-100…", "@name" or nothing */
    SETTING_IS_GROUP,    /* "-100…", "-100…/topic" or nothing */
    SETTING_IS_USERNAME, /* without @, or nothing */
    SETTING_IS_URL,      /* https://…, or nothing */
};

struct setting {
    const char *name;
    enum setting_kind kind;
    const char *standard; /* its default, in stored form */
    int64_t min, max;     /* of the number, or of the length in letters */
    const char *words[4]; /* of a choice */
    const char *help_ru, *help_en;
    bool secret;     /* set, but never shown again */
    size_t at, room; /* its place in struct settings */
};

extern const struct setting setting_table[];
extern const size_t setting_count;

const struct setting *setting_find(const char *name); /* NULL: there is none */

/* Pure: what a person wrote, to the stored form. ST_BAD: *why as above. */
must_check enum status setting_parse(const struct setting *s, const char *value,
                                     struct buf *out, const char **why);
/* Pure: puts a stored form into its place. ST_BAD: it is not valid, nothing changed. */
must_check enum status setting_put(const struct setting *s, const char *stored,
                                   struct settings *out);
void setting_defaults(struct settings *out);
bool setting_is_number(enum setting_kind kind);
int64_t setting_number(const struct setting *s, const struct settings *from);
const char *setting_kind_name(enum setting_kind kind); /* "percent" …, for lists */

#endif
