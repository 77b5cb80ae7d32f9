/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What is asked of Telegram, as libcurl wants it: JSON or multipart, read by it from our
 * copy. */
#include "core/io/telegram_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the body, as it is read -------------------------------------------------------- */

static size_t on_read(char *p, size_t size, size_t count, void *arg)
{
    struct call_part *part = arg;
    size_t n = size * count, left = part->end - part->at;

    if (n > left)
        n = left;
    memcpy(p, part->call->body + part->at, n);
    part->at += n;
    part->call->body_at += n;
    return n;
}

/* The library sends a request again by itself when a kept-alive connection closes
 * without an answer, although the other side may have acted on it. It must rewind the
 * body for that; we refuse, and the call ends as unsure. */
static int on_seek(void *arg, curl_off_t offset, int origin)
{
    const struct call_part *part = arg;

    return part->call->body_at == 0 && offset == 0 && origin == SEEK_SET
               ? CURL_SEEKFUNC_OK
               : CURL_SEEKFUNC_FAIL;
}

/* ---- the body, as it is made -------------------------------------------------------- */

static bool body_set(struct call *c, const void *p, size_t n)
{
    c->body = malloc(n);
    if (c->body != NULL)
        memcpy(c->body, p, c->body_n = n);
    return c->body != NULL;
}

static bool body_json(struct call *c, const struct tg_ask *ask)
{
    const char *text = ask->params ? json_print(ask->params) : "{}";
    bool set = ask->body != NULL ? body_set(c, ask->body, ask->body_n)
                                 : text != NULL && body_set(c, text, strlen(text));

    if (!set)
        return false;
    c->part[0] = (struct call_part){c, 0, c->body_n};
    curl_easy_setopt(c->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->body_n);
    curl_easy_setopt(c->easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(c->easy, CURLOPT_READDATA, &c->part[0]);
    curl_easy_setopt(c->easy, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(c->easy, CURLOPT_SEEKDATA, &c->part[0]);
    curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->tg->json_headers);
    return true;
}

struct fields {
    curl_mime *mime;
    bool failed;
};

/* In a multipart body text goes as it is, everything else as its JSON. */
static void field_add(void *arg, const char *key, struct json *v)
{
    struct fields *f = arg;
    curl_mimepart *part;
    size_t n = 0;
    const char *text = json_text(v, "", &n);

    if (v == NULL || f->failed)
        return;
    if (text == NULL) {
        text = json_print(v);
        n = text ? strlen(text) : 0;
    }
    part = curl_mime_addpart(f->mime);
    f->failed = text == NULL || part == NULL || curl_mime_name(part, key) != CURLE_OK ||
                curl_mime_data(part, text, n) != CURLE_OK;
}

/* All files one behind the other: what has left is counted in one place. */
static bool files_set(struct call *c, const struct tg_file *file, int n)
{
    size_t all = 0, at = 0;

    for (int i = 0; i < n; i++) {
        if (file[i].n == 0)
            return false;
        all += file[i].n;
    }
    c->body = malloc(all);
    if (c->body == NULL)
        return false;
    c->body_n = all;
    for (int i = 0; i < n; at += file[i].n, i++) {
        memcpy(c->body + at, file[i].bytes, file[i].n);
        c->part[i] = (struct call_part){c, at, at + file[i].n};
    }
    return true;
}

static bool file_add(struct call *c, const struct tg_file *file, struct call_part *part)
{
    curl_mimepart *p = curl_mime_addpart(c->mime);

    return p != NULL && curl_mime_name(p, file->field) == CURLE_OK &&
           curl_mime_filename(p, file->name) == CURLE_OK &&
           curl_mime_type(p, file->mime) == CURLE_OK &&
           curl_mime_data_cb(p, (curl_off_t)file->n, on_read, on_seek, NULL, part) ==
               CURLE_OK;
}

static bool body_mime(struct call *c, const struct tg_ask *ask)
{
    struct fields f = {.mime = curl_mime_init(c->easy)};
    int n = ask->files > 0 ? ask->files : 1;
    struct json *own = ask->body != NULL ? json_parse(ask->body, ask->body_n) : NULL;

    c->mime = f.mime;
    f.failed = f.mime == NULL || n > TG_FILES_MAX ||
               (ask->body != NULL && own == NULL) || !files_set(c, ask->file, n);
    json_each(own != NULL ? own : ask->params, field_add, &f);
    for (int i = 0; i < n && !f.failed; i++)
        f.failed = !file_add(c, &ask->file[i], &c->part[i]);
    json_free(own);
    if (f.failed)
        return false;
    curl_easy_setopt(c->easy, CURLOPT_MIMEPOST, f.mime);
    curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->tg->mime_headers);
    return true;
}

static bool body_make(struct call *c, const struct tg_ask *ask, size_t max)
{
    c->done = ask->done;
    c->arg = ask->arg;
    c->download = max > 0;
    c->in_max = max > 0 ? max : TG_ANSWER_MAX;
    if (c->download)
        return curl_easy_setopt(c->easy, CURLOPT_HTTPGET, 1L) == CURLE_OK;
    return ask->file ? body_mime(c, ask) : body_json(c, ask);
}

/* ---- the whole ---------------------------------------------------------------------- */

static void options_set(struct call *c, int timeout_ms)
{
    struct tg *tg = c->tg;
    CURL *e = c->easy;

    if (timeout_ms <= 0)
        timeout_ms = c->download || c->mime != NULL ? TG_TRANSFER_MS : TG_CALL_MS;
    curl_easy_setopt(e, CURLOPT_SHARE, tg->share);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_PROXY, tg->address.proxy ? tg->address.proxy : "");
    curl_easy_setopt(e, CURLOPT_NOPROXY, "");
    curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(e, CURLOPT_MAXAGE_CONN, 60L);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)TG_CONNECT_MS);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip");
}

bool request_make(struct call *c, const struct tg_ask *ask, const char *url, size_t max)
{
    if (!body_make(c, ask, max) ||
        curl_easy_setopt(c->easy, CURLOPT_URL, url) != CURLE_OK)
        return false;
    options_set(c, ask->timeout_ms);
    return true;
}

/* "Expect:" without a value: nobody answers 100 here, so nobody shall wait for it. */
bool request_headers(struct tg *tg)
{
    tg->mime_headers = curl_slist_append(NULL, "Expect:");
    tg->json_headers = curl_slist_append(NULL, "Content-Type: application/json");
    return tg->mime_headers != NULL && tg->json_headers != NULL &&
           curl_slist_append(tg->json_headers, "Expect:") != NULL;
}
