/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The scanner of bots/peek.h against the JSON parser: what it is sure of, the parser
 * says too. Each input is tried as a whole text and as a value inside an update, so
 * that mutations reach what is inside. Corpus: tests/data/updates. */
#include "bots/peek.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void hold(const char *s, size_t n)
{
    struct peek scanned, parsed;
    enum status st;

    if (!peek_scan(s, n, &scanned))
        return;
    st = peek_parse(s, n, &parsed);
    if (scanned.update_id < 0 || scanned.update_id > PEEK_UPDATE_ID_MAX) {
        if (st == ST_BAD)
            return;
    } else if (st == ST_OK && parsed.update_id == scanned.update_id &&
               parsed.sender == scanned.sender) {
        return;
    }
    fprintf(stderr, "they differ on: %.*s\n", (int)n, s);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char head[] =
        "{\"update_id\":7,\"message\":{\"from\":{\"id\":5},\"x\":";
    char *text;

    hold((const char *)data, n);
    text = malloc(sizeof(head) + n + 2);
    if (!text)
        return 0;
    memcpy(text, head, sizeof(head) - 1);
    memcpy(text + sizeof(head) - 1, data, n);
    memcpy(text + sizeof(head) - 1 + n, "}}", 2);
    hold(text, sizeof(head) - 1 + n + 2);
    free(text);
    return 0;
}
