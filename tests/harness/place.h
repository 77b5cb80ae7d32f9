/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/place.h - an HTTP server of ours in a thread, for tests of httpd.
 *
 *   /refused   401 before its body is read
 *   /later     204 after 30 ms
 *   /empty     200 without a body
 *   else       200 and "<method> <path> <bytes of body>" */
#ifndef TESTS_HARNESS_PLACE_H
#define TESTS_HARNESS_PLACE_H

#include "core/io/httpd.h"

#include <pthread.h>

#define PLACE_BODY_MAX 65536
#define PLACE_HELD_MAX 64

struct place {
    struct loop *loop;
    struct httpd *httpd;
    pthread_t thread;
    int stop_fd, drained;
    struct http_req *held[PLACE_HELD_MAX];
    int n_held, handled; /* handled and drained: ask place_handled, place_drained */
    struct loop_timer later;
};
extern struct place place;

int place_open(void **state); /* cmocka's setup and teardown */
int place_close(void **state);
void place_stop(void); /* httpd_stop; the thread ends when it is drained */
void place_free(void); /* after the thread has ended */

int place_handled(void); /* requests that reached the handler */
void place_forget(void); /* counts from 0 again */
int place_drained(void);

#endif
