/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/api.h - `dvorik api`: the REST API and the internal endpoints. It changes facts
 * through core/ and speaks to people only by putting jobs. */
#ifndef API_API_H
#define API_API_H

/* [--port N] [--log-level L], or --openapi: prints the description; the process's exit status: 2 when it could not start. */
int api_main(int argc, char **argv);

#endif
