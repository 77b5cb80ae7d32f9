/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/methods.h - the Bot API as data: names, types, required flags.
 *
 * Both tables are sorted by name (byte order). check.c reads them. */
#ifndef TESTS_BOTAPI_METHODS_H
#define TESTS_BOTAPI_METHODS_H

struct api_row {
    const char *name;
    const char
        *fields; /* "chat_id! Integer|String;text! String;entities [MessageEntity]" */
    const char *result; /* a method's result types; a union type's members; or "" */
};

extern const struct api_row api_methods[], api_types[];
extern const int api_methods_n, api_types_n;

#endif
