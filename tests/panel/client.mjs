/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/panel/client.mjs - the types that openapi-typescript makes of the description, and
 * a client over them (client.ts), compile as strictly as TypeScript can.
 * PANEL_DESCRIPTION: a file with the description. */
import openapiTS, { astToString } from 'openapi-typescript';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const types = astToString(await openapiTS(pathToFileURL(process.env.PANEL_DESCRIPTION)));
const dir = mkdtempSync(join(tmpdir(), 'client.'));
let status = 1;
try {
    writeFileSync(join(dir, 'schema.ts'), types);
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
    copyFileSync(join(here, 'client.ts'), join(dir, 'client.ts'));
    symlinkSync(join(here, 'node_modules'), join(dir, 'node_modules'));
    ({ status } = spawnSync(process.execPath, [
        join(here, 'node_modules/typescript/bin/tsc'), '--strict', '--noEmit',
        '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes', '--noUnusedLocals',
        '--target', 'es2022', '--lib', 'es2022,dom,dom.iterable',
        '--module', 'esnext', '--moduleResolution', 'bundler', join(dir, 'client.ts'),
    ], { stdio: 'inherit' }));
} finally {
    rmSync(dir, { recursive: true });
}
process.exit(status ?? 1);
