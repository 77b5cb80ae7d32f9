/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/panel/description.mjs - prints what the rules of OpenAPI say against the
 * description, a line a finding as scripts/lint.sh wants them. It is put together from
 * its parts as api/openapi.c does it. */
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { readFileSync, readdirSync } from 'node:fs';

const SHARED = 'api/openapi.yaml';
const FOLDER = 'api/openapi';

const whole = JSON.parse(readFileSync(SHARED, 'utf8'));
const fileOf = {}; /* of a path or a schema */
for (const name of readdirSync(FOLDER).filter((n) => n.endsWith('.json')).sort()) {
    const part = JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8'));
    take(whole.paths, part.paths ?? {}, `${FOLDER}/${name}`);
    take(whole.components.schemas, part.components?.schemas ?? {}, `${FOLDER}/${name}`);
}

function take(into, from, file) {
    for (const [key, value] of Object.entries(from)) {
        into[key] = value;
        fileOf[key] = file;
    }
}

/* "#/paths/~1api~1v1~1stores/get": the file that path stands in. */
function whereIs(pointer) {
    const [, section, a, b] = pointer.split('/');
    const key = (section === 'components' ? b : a) ?? '';
    return fileOf[key.replaceAll('~1', '/').replaceAll('~0', '~')] ?? SHARED;
}

const config = await createConfig({
    extends: ['recommended'],
    rules: {
        'operation-4xx-response': 'off', /* "default" is every problem */
        'info-license': 'off',           /* not for others */
        'operation-operationId': 'error',
        'operation-operationId-unique': 'error',
        'operation-tag-defined': 'error',
        'no-ambiguous-paths': 'off', /* a word wins over {id} (api/route.h) */
        'no-unused-components': 'error',
        'no-invalid-media-type-examples': 'error',
        'no-invalid-schema-examples': 'error',
        'no-invalid-parameter-examples': 'error',
        'tag-description': 'error',
        'tags-alphabetical': 'off',
        'path-params-defined': 'error',
        'parameter-description': 'off',
    },
});
const findings = await lintFromString({
    source: JSON.stringify(whole),
    absoluteRef: 'openapi.json',
    config,
});
/* What an event carries cannot be referred to from text/event-stream. */
const carried = ['#/components/schemas/events_state'];
for (const f of findings) {
    const pointer = f.location?.[0]?.pointer ?? '#';
    if (f.ruleId === 'no-unused-components' && carried.includes(pointer)) continue;
    console.log(`${whereIs(pointer)}:1: ${f.ruleId}: ${f.message.replace(/\s+/g, ' ')} ${pointer}`);
}
