/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The description to read and to try: "Authorize" takes the token of a session. It is
 * kept by this page alone and forgotten when it is closed. */
'use strict';

window.SwaggerUIBundle({
    url: '/api/openapi.json',
    dom_id: '#page',
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
    deepLinking: true,
    docExpansion: 'none',
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    validatorUrl: null, /* else it asks somebody else's server */
});
