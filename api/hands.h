/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/hands.h - the threads that work on calls, each with its own link to the database
 * and its own queue.
 *
 * Who finds all hands busy waits, HANDS_WAITING of them at most: the next one is told to
 * come back (503, Retry-After). Whoever leaves while waiting is not worked on. A stop of
 * the server finishes all that was taken. */
#ifndef API_HANDS_H
#define API_HANDS_H

#include "api/routes.h"

#define HANDS_WAITING 128
#define HANDS_PATIENCE_MS 10000 /* who has waited longer is told to come back */

struct api_hands;

struct api_hands *api_hands_open(struct api *api, int n); /* yours; NULL: no memory */
void api_hands_close(struct api_hands *h); /* waits for what is under way */

/* Answers req sooner or later. */
void hands_take(struct api_hands *h, struct http_req *req, const struct route_match *m);

#endif
