/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/openapi.h - the description of the API (OpenAPI 3.1), served at /api/openapi.json.
 *
 * Source: api/openapi.yaml (what all resources share) and one file a resource in
 * api/openapi/, each an object with "paths" and "components"."schemas". All are written
 * as JSON, which is YAML as well, so nothing translates them: they are put together when
 * the program starts. A test holds them against the table of routes both ways. */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include "api/routes.h"
#include "core/base/json.h"

/* The whole, put together; NULL: a part is no JSON, or two say the same. Yours. */
struct json *openapi_make(const char **why);

/* The same as text; made once, lent for ever. NULL: as above. */
const char *openapi_text(size_t *n);

void openapi_get(struct api *api, struct http_req *req);

#endif
