/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/events.h - live counters for the panel: text/event-stream (fetch with the token in
 * Authorization; none is ever in an address).
 *
 *   events_get (hand)  events_join (loop)       looks every EVENTS_LOOK_MS, for all of
 *   ----------------> --------------> LISTENING   them together: their sessions, and the
 *                      the whole state   |        counters; who may see what changed
 *                                        |        hears the whole state again
 *                                        v
 *     "end": the session is over, or the program stops; or dropped: reads too slowly
 *
 * Every event is the whole state, so nothing is lost between two connections and a
 * Last-Event-ID needs no answer of its own. A line of comment every EVENTS_BEAT_MS shows
 * that the line is alive. */
#ifndef API_EVENTS_H
#define API_EVENTS_H

#include "api/call.h"
#include "api/routes.h"

#define EVENTS_LOOK_MS 2000
#define EVENTS_BEAT_MS 15000
#define EVENTS_ALL_MAX 512 /* listeners; the next one hears 503 */
#define EVENTS_ONE_MAX 8   /* … of one account: 429 */

enum status events_get(struct call *c); /* GET /api/v1/events */

struct api_events;
struct api_events *api_events_open(struct api *api); /* yours; NULL: no memory */
/* Each hears that the program stops, and its stream ends. */
void api_events_stop(struct api_events *e);
/* Before the server. NULL is fine. */
void api_events_close(struct api_events *e);

/* In the loop: the call that events_get admitted becomes a listener, or is refused. */
void events_join(struct api_events *e, struct http_req *req, const struct call *c);

#endif
