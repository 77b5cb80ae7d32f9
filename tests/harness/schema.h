/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/schema.h - does a JSON value fit a schema of our description?
 *
 * The part of JSON Schema that api/openapi uses: $ref, type (one or several), enum,
 * const, properties, required, additionalProperties, items, minimum, maximum, minLength,
 * maxLength, minItems, maxItems, pattern, oneOf, anyOf, allOf, format date-time and date.
 * Stricter in one thing: a member that an object's schema does not name is refused unless
 * it says "additionalProperties": true (or has no properties at all). A keyword it does
 * not know is refused, too, so that no schema promises what nobody checks. */
#ifndef TESTS_HARNESS_SCHEMA_H
#define TESTS_HARNESS_SCHEMA_H

#include "core/base/buf.h"
#include "core/base/json.h"

/* What "#/components/schemas/x" names; v itself when it is no reference. Lent. */
const struct json *schema_resolve(const struct json *root, const struct json *v);

/* Is the schema one that schema_fits can judge by: are all its keywords known, and those
 * of all within it? false: *why says which is not. */
bool schema_is_known(const struct json *schema, struct buf *why);

/* false: *why says where and what. root: the whole description. Times are in UTC, as all
 * of ours are; asked: of a request, they may have any offset. */
bool schema_fits_asked(const struct json *root, const struct json *schema,
                       const struct json *value, struct buf *why);
bool schema_fits(const struct json *root, const struct json *schema,
                 const struct json *value, struct buf *why);

#endif
