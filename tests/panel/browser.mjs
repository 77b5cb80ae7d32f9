/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/panel/browser.mjs - a Chromium for tests: Debian's own (or DVORIK_CHROMIUM),
 * driven by playwright-core. What a page does that nobody wants to see there is kept:
 * errors on the console, requests to any other host, answers that failed. */
import { chromium } from 'playwright-core';

export const ORIGIN = process.env.PANEL_ORIGIN;

export const TELEPHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 800 };

let browser = null;

/* Runs work(page) in a page of that size; nothing of it is left for the next one. */
export async function withPage(viewport, work) {
    browser ??= await chromium.launch({
        executablePath: process.env.DVORIK_CHROMIUM || '/usr/bin/chromium',
        /* Root in a chroot has neither a sandbox nor a large /dev/shm. */
        args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    });
    const context = await browser.newContext({ viewport, locale: 'ru-RU' });
    context.setDefaultTimeout(50000);
    const page = await context.newPage();
    page.faults = [];
    watch(page);
    await work(page);
    await context.close();
}

/* A script that fails ends without: its browser goes with it. */
export async function browserEnd() {
    await browser?.close();
}

function watch(page) {
    page.on('console', (m) => {
        if (m.type() === 'error' || m.type() === 'warning')
            page.faults.push(`console: ${m.text()}`);
    });
    page.on('pageerror', (e) => page.faults.push(`error: ${e}`));
    page.on('request', (r) => {
        const url = r.url();
        if (!url.startsWith(`${ORIGIN}/`) && !/^(data|blob):/.test(url))
            page.faults.push(`asks another host: ${url}`);
    });
    page.on('response', (r) => {
        if (r.status() >= 400) page.faults.push(`${r.status()} ${r.url()}`);
    });
    page.on('requestfailed', (r) =>
        page.faults.push(`failed: ${r.url()} ${r.failure()?.errorText}`));
}

export function must(truth, message) {
    if (!truth) throw new Error(message);
}

export function noFaults(page, where) {
    must(page.faults.length === 0, `${where}:\n  ${page.faults.join('\n  ')}`);
}

/* Nothing sticks out to the right: nobody scrolls sideways on a telephone. */
export async function noSideways(page, where) {
    const [content, room] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
    ]);
    must(content <= room, `${where}: ${content} pixels wide in a window of ${room}`);
}
