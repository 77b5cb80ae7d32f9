/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/liar.h - a listener on loopback that gives one answer to whatever it is
 * asked, in a thread. */
#ifndef TESTS_HARNESS_LIAR_H
#define TESTS_HARNESS_LIAR_H

struct liar;

struct liar *liar_new(const char *answer); /* NULL: never answers. Copied. Yours */
int liar_port(const struct liar *l);
void liar_free(struct liar *l);

#endif
