/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/status.h - the one set of results every fallible call answers with.
 *
 * A status names what the caller does next, not what went wrong inside:
 *
 *   ST_OK       done
 *   ST_NONE     there is no such thing, or nothing to do; not a failure
 *   ST_TAKEN    somebody did it already, or a unique key refused a second one
 *   ST_REFUSED  a rule says no; the caller explains it to the person
 *   ST_BAD      the input is malformed; nothing changed, do not try again as it is
 *   ST_AGAIN    nothing happened; the whole thing may be tried again at once
 *               (deadlock, lock wait) or after the wait that came with it
 *   ST_DOWN     the other side (MySQL, Redis, Telegram) cannot be reached;
 *               nothing happened; try again later
 *   ST_UNSURE   the request went out and its answer was lost: it may have happened
 *   ST_BROKEN   our own fault (no memory, bad SQL, impossible state): log, give up
 *
 * Yes/no questions answer with bool; finders and constructors with a pointer. */
#ifndef CORE_BASE_STATUS_H
#define CORE_BASE_STATUS_H

enum status {
    ST_OK = 0,
    ST_NONE,
    ST_TAKEN,
    ST_REFUSED,
    ST_BAD,
    ST_AGAIN,
    ST_DOWN,
    ST_UNSURE,
    ST_BROKEN,
};

#define must_check __attribute__((warn_unused_result))

/* "ok", "none" … for logs. Lent, for ever. */
const char *status_name(enum status st);

#endif
