/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/scan_page.c - the scanner's files, which travel in the binary. */
#include "api/scan.h"

#include "core/base/buf.h"

#include <string.h>

#define CARRY(name, file)                                                              \
    __asm__(".pushsection .rodata\n" #name "_start: .incbin \"" file "\"\n" #name      \
            "_end: .byte 0\n.popsection");                                             \
    extern const char name##_start[], name##_end[]

CARRY(scan_html, "api/scan/index.html");
CARRY(scan_js, "api/scan/scan.js");
CARRY(scan_css, "api/scan/scan.css");

/* Telegram's web clients show it in a frame; phones do not. */
#define FRAMED_BY "https://*.telegram.org"

struct carried {
    const char *type, *start, *end;
};

/* Up to the path: "http://127.0.0.1:8081". */
static size_t origin_of(const char *url)
{
    const char *host = strstr(url, "://");

    return host != NULL ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : 0;
}

/* A page that is not https is being tried out: the stand-in's chat page frames it. */
static bool tried_out(const struct config *cfg)
{
    return cfg->scanner_url != NULL && strncmp(cfg->scanner_url, "http://", 7) == 0 &&
           cfg->telegram_api_base != NULL;
}

static void policy(const struct config *cfg, struct buf *out)
{
    buf_adds(out, "default-src 'none'; script-src 'self'; style-src 'self'; "
                  "connect-src 'self'; base-uri 'none'; form-action 'none'; "
                  "frame-ancestors " FRAMED_BY);
    if (tried_out(cfg)) {
        buf_addc(out, ' ');
        buf_add(out, cfg->telegram_api_base, origin_of(cfg->telegram_api_base));
    }
}

static void serve(struct api *api, struct http_req *req, const struct carried *f)
{
    struct buf csp = {0};

    policy(&api->cfg, &csp);
    if (csp.failed)
        http_answer_problem(req, 500, "No memory", NULL);
    else
        http_answer(req, &(struct http_answer){
                             .status = 200,
                             .type = f->type,
                             .body = f->start,
                             .n = (size_t)(f->end - f->start),
                             .headers = {{"Content-Security-Policy", csp.s},
                                         {"Cache-Control", "no-cache"},
                                         {"Referrer-Policy", "no-referrer"},
                                         {"X-Content-Type-Options", "nosniff"}}});
    buf_free(&csp);
}

void scan_page_get(struct api *api, struct http_req *req)
{
    serve(
        api, req,
        &(struct carried){"text/html; charset=utf-8", scan_html_start, scan_html_end});
}

void scan_script_get(struct api *api, struct http_req *req)
{
    serve(api, req,
          &(struct carried){"text/javascript; charset=utf-8", scan_js_start,
                            scan_js_end});
}

void scan_style_get(struct api *api, struct http_req *req)
{
    serve(api, req,
          &(struct carried){"text/css; charset=utf-8", scan_css_start, scan_css_end});
}
