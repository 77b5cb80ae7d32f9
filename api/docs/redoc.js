/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The description to read. */
'use strict';

window.Redoc.init(
    '/api/openapi.json',
    { hideHostname: true, expandResponses: '200,201,202', sortTagsAlphabetically: true },
    document.getElementById('page'));
