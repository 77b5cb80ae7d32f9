/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/version.h - which Dvorik this is. Two numbers that differ in the first
 * place do not understand one another's data. */
#ifndef CORE_BASE_VERSION_H
#define CORE_BASE_VERSION_H

#define DVORIK_VERSION "0.1.0"

#endif
