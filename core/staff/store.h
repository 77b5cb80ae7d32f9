/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/store.h - a shop with a till. */
#ifndef CORE_STAFF_STORE_H
#define CORE_STAFF_STORE_H

#include "core/contact.h"
#include "core/io/db.h"

#define STORE_LINE_BYTES 1021 /* 255 characters */

struct store {
    int64_t id;
    char name[CONTACT_NAME_BYTES];
    char city[CONTACT_NAME_BYTES];
    char address[STORE_LINE_BYTES];
    char hours[STORE_LINE_BYTES]; /* as people read it; hours.h understands many */
    char tz[41];                  /* IANA name; "" means the installation's */
    bool open;                    /* false: archived */
    bool training;                /* nothing counts there (core/loyalty/redemption.h) */
    bool has_geo;
    int32_t lat_e6, lon_e6; /* millionths of a degree */
    int64_t version;
};

struct store_spec {
    const char *name, *city, *address, *hours, *tz; /* tz NULL: the installation's */
    int64_t by;                                     /* staff; 0: the program itself */
};

/* ST_TAKEN: the name is in use; *id is that store. ST_BAD: no name, or hours that cannot
 * be ("пн-пт 9-25"; hours.h). */
must_check enum status store_add(struct db *db, int64_t now,
                                 const struct store_spec *spec, int64_t *id);
must_check enum status store_load(struct db *db, int64_t id, struct store *out);

/* All there ever were, by number. */
typedef void store_named(void *arg, int64_t id, const char *name);
must_check enum status store_names(struct db *db, store_named *fn, void *arg);

/* Open stores by name, those the person is bound to (staff_id 0: all). *n written. */
must_check enum status store_list(struct db *db, int64_t staff_id, struct store *out,
                                  int room, int *n);

/* A page of the open stores, those of one city together. *total: how many there are. */
must_check enum status store_page(struct db *db, int offset, int room,
                                  struct store *out, int *n, int *total);

#endif
