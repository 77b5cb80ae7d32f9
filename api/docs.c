/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/docs.h"

#include "core/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FOLDER "/api/docs/"

/* Own scripts and styles only. Pictures: the arrows in Swagger UI's styles are data. */
#define POLICY                                                                         \
    "default-src 'none'; script-src 'self'; img-src 'self' data:; "                    \
    "connect-src 'self'; base-uri 'none'; form-action 'none'; "                        \
    "frame-ancestors 'none'; "

/* ReDoc puts two <style> elements into its page: one it fills rule by rule (the hash is
 * that of no bytes at all) and one of its scroll bars, always the same. It searches in a
 * worker that it makes of its own text, hence blob. */
#define EMPTY_STYLE "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
#define SCROLL_STYLE "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"
static const char swagger_policy[] = POLICY "style-src 'self'";
static const char redoc_policy[] =
    POLICY "style-src 'self' " EMPTY_STYLE " " SCROLL_STYLE "; worker-src blob:";

static const struct {
    const char *end, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},   {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
};

static const char *type_of(const char *name)
{
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot != NULL && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].end, dot) == 0)
            return types[i].type;
    return "application/octet-stream";
}

static const struct docs_file *file_find(const char *name)
{
    for (int i = 0; i < docs_files_n; i++)
        if (strcmp(docs_files[i].name, name) == 0)
            return &docs_files[i];
    return NULL;
}

/* "gzip", not "gzip;q=0". */
static bool takes_packed(const struct http_req *req)
{
    const char *at = http_header(req, "Accept-Encoding");

    at = at != NULL ? strcasestr(at, "gzip") : NULL;
    if (at == NULL)
        return false;
    at += 4;
    at += strspn(at, " ;");
    return strncasecmp(at, "q=", 2) != 0 || strtod(at + 2, NULL) > 0;
}

/* keep: for how long it may be used without asking; policy: of a page, else NULL. */
static void file_answer(struct http_req *req, const struct docs_file *f,
                        const char *keep, const char *policy)
{
    const char *seen = http_header(req, "If-None-Match");
    bool same = seen != NULL && strstr(seen, f->etag + 2) != NULL /* W/ */;
    bool packed = takes_packed(req);
    const char *from = packed ? f->packed : f->plain;
    struct http_answer a = {
        .status = same ? 304 : 200,
        .type = same ? NULL : type_of(f->name),
        .body = from,
        .n = same ? 0 : (size_t)((packed ? f->end : f->packed) - from),
        .lent = true,
        .headers = {{"Cache-Control", keep},
                    {"ETag", f->etag},
                    {"Vary", "Accept-Encoding"},
                    {"X-Content-Type-Options", "nosniff"},
                    {"Referrer-Policy", "no-referrer"}},
    };
    int n = 5;

    if (policy != NULL) {
        a.headers[n][0] = "Content-Security-Policy";
        a.headers[n++][1] = policy;
    }
    if (packed && !same) {
        a.headers[n][0] = "Content-Encoding";
        a.headers[n++][1] = "gzip";
    }
    http_answer(req, &a);
}

void docs_swagger_get(struct api *api, struct http_req *req)
{
    (void)api;
    file_answer(req, file_find("swagger.html"), "no-cache", swagger_policy);
}

void docs_redoc_get(struct api *api, struct http_req *req)
{
    (void)api;
    file_answer(req, file_find("redoc.html"), "no-cache", redoc_policy);
}

/* The pages themselves have addresses of their own, with their policies. */
void docs_file_get(struct api *api, struct http_req *req)
{
    const char *name = http_path(req) + sizeof FOLDER - 1;
    const struct docs_file *f = file_find(name);

    (void)api;
    if (f == NULL || strstr(name, ".html") != NULL)
        routes_problem(req, PROBLEM_NOT_FOUND, NULL);
    else
        file_answer(req, f,
                    strcmp(name, "licences.txt") == 0
                        ? "no-cache"
                        : "public, max-age=31536000, immutable",
                    NULL);
}

void docs_slash_get(struct api *api, struct http_req *req)
{
    char path[32];

    (void)api;
    snprintf(path, sizeof path, "%s", http_path(req));
    path[strlen(path) - 1] = '\0';
    http_answer(req,
                &(struct http_answer){.status = 308, .headers = {{"Location", path}}});
}
