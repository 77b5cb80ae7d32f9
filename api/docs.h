/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/docs.h - the pages that show the description: /api/docs (Swagger UI, to try it)
 * and /api/redoc (ReDoc, to read it).
 *
 * All they need travels in the binary (api/docs/pack.sh), as it is and compressed. Files
 * are named after their bytes and may be kept for ever; a page is asked for anew by its
 * ETag. Neither page asks any other host for anything: its policy forbids it. */
#ifndef API_DOCS_H
#define API_DOCS_H

#include "api/routes.h"

/* Its bytes stand from plain to packed, compressed from there to end. */
struct docs_file {
    const char *name, *etag, *plain, *packed, *end;
};
extern const struct docs_file docs_files[];
extern const int docs_files_n;

void docs_swagger_get(struct api *api, struct http_req *req);
void docs_redoc_get(struct api *api, struct http_req *req);
void docs_file_get(struct api *api, struct http_req *req);  /* /api/docs/{key} */
void docs_slash_get(struct api *api, struct http_req *req); /* to the one without it */

#endif
