/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/buf.h - text that grows.
 *
 * Build first, ask once: every verb may run out of memory, none of them says so;
 * `failed` sticks and the builder asks it at the end. A failed buf holds no text.
 *
 *   struct buf b = {0};
 *   buf_adds(&b, "<b>"); buf_add_html(&b, name); buf_adds(&b, "</b>");
 *   if (!b.failed) use(b.s, b.len);
 *   buf_free(&b);
 *
 * `s` is always NUL-terminated once anything was added; it may hold NULs inside.
 * Escaping is a verb of its own, so that a forgotten one is seen in review. */
#ifndef CORE_BASE_BUF_H
#define CORE_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *s;
    size_t len, cap;
    bool failed;
};

void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s); /* NULL adds nothing */
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Text for Telegram's HTML: < > & and " become entities. */
void buf_add_html(struct buf *b, const char *s);

/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void buf_add_json(struct buf *b, const char *s, size_t n);

/* Percent-encoding for a URL's path or query. */
void buf_add_url(struct buf *b, const char *s);

void buf_clear(struct buf *b); /* empty and healthy again; keeps the memory */
void buf_free(struct buf *b);  /* as = {0} */

#endif
