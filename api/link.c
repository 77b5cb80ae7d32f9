/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/link.h"

#include "core/base/log.h"
#include "core/broadcast/link.h"
#include "core/broadcast/recipient.h"

#include <string.h>
#include <strings.h>

/* ---- who only looks --------------------------------------------------------------- */

/* Words of those that fetch a page nobody has asked to see yet. No plain "bot": there are
 * telephones that are called so. */
static const char *const lookers[] = {
    "telegrambot", "twitterbot",  "whatsapp/",     "facebookexternalhit",
    "vkshare",     "slackbot",    "discordbot",    "linkedinbot",
    "skypeuri",    "viber/",      "googlebot",     "yandexbot",
    "bingbot",     "applebot",    "duckduckbot",   "mail.ru_bot",
    "petalbot",    "ahrefsbot",   "semrushbot",    "odklbot",
    "crawler",     "spider",      "linkpreview",   "link preview",
    "urlpreview",  "feedfetcher", "embedly/",      "microsoftpreview",
    "pinterest/",  "bitlybot",    "google-safety", "safe-browsing",
};

bool link_only_looks(const char *agent)
{
    for (size_t i = 0; agent != NULL && i < sizeof lookers / sizeof *lookers; i++)
        if (strcasestr(agent, lookers[i]) != NULL)
            return true;
    return false;
}

/* ---- the click -------------------------------------------------------------------- */

struct click {
    struct link_of link;
    int64_t now;
};

static enum status click_work(struct db *db, void *arg)
{
    const struct click *k = arg;

    return broadcast_clicked(db, k->now, k->link.broadcast_id, k->link.customer_id,
                             k->link.no);
}

/* Whatever becomes of it, the person goes on to where they wanted. */
static void click_count(struct call *c, const struct link_of *link)
{
    struct click k = {.link = *link, .now = c->now};
    enum status st;

    if (c->said.head || link_only_looks(c->said.agent))
        return;
    st = db_tx(c->db, click_work, &k);
    if (st != ST_OK && st != ST_NONE)
        log_warn("a click was not counted", LOG_INT("broadcast", link->broadcast_id),
                 LOG_TEXT("status", status_name(st)));
}

/* ---- answers ---------------------------------------------------------------------- */

static enum status no_page(struct call *c)
{
    struct buf text = {0};

    buf_addf(&text,
             "<!doctype html>\n<html lang=\"%s\"><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width\">"
             "<meta name=\"robots\" content=\"noindex\"><title>%s</title>"
             "<body style=\"font:18px/1.5 sans-serif;max-width:30em;margin:15vh auto;"
             "padding:0 1em\"><h1>%s</h1><p>%s</p></body></html>\n",
             tell(c, "ru", "en"), tell(c, "Ссылка устарела", "This link is over"),
             tell(c, "Ссылка устарела", "This link is over"),
             tell(c,
                  "Такой ссылки у нас нет: возможно, она скопирована не целиком. "
                  "Вернитесь, пожалуйста, к сообщению и нажмите кнопку ещё раз или "
                  "напишите нам в бот.",
                  "We have no such link; perhaps it was not copied whole. Please go "
                  "back to the message and press the button once more, or write to us "
                  "in the bot."));
    answer_text(c, 404, "text/html; charset=utf-8", &text);
    answer_header(c, "Content-Security-Policy",
                  "default-src 'none'; style-src 'unsafe-inline'");
    return ST_OK;
}

/* GET /l/{key} */
enum status link_get(struct call *c)
{
    struct link_of link;
    struct buf target = {0};
    enum status st = link_read(c->cfg, c->key, &link);

    if (st == ST_OK)
        st = link_target(c->db, link.broadcast_id, link.no, &target);
    if (st == ST_OK) {
        click_count(c, &link);
        c->answer.status = 302;
        answer_header(c, "Location", target.s);
        answer_header(c, "Referrer-Policy", "no-referrer");
    }
    buf_free(&target);
    return st == ST_BAD || st == ST_NONE ? no_page(c) : st;
}
