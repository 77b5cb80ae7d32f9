/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/panel/docs.mjs - /api/docs and /api/redoc in a browser: all of the description is
 * there, a request can be tried with a token, nothing is asked of any other host.
 * PANEL_ORIGIN, PANEL_TOKEN: of a running api and somebody logged in there. */
import {
    DESK, ORIGIN, TELEPHONE, browserEnd, must, noFaults, noSideways, withPage,
} from './browser.mjs';

const description = await (await fetch(`${ORIGIN}/api/openapi.json`)).json();
const tags = description.tags.map((t) => t.name);
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const operations = Object.values(description.paths)
    .flatMap((item) => METHODS.map((m) => item[m]).filter(Boolean));
must(tags.length > 3 && operations.length > 10, 'a description of nothing');
for (const o of operations)
    must(o.tags.every((t) => tags.includes(t)), `${o.operationId}: a tag without words`);

async function swagger(page) {
    await page.goto(`${ORIGIN}/api/docs`);
    await page.waitForSelector('.opblock-tag');
    const shown = await page.$$eval('.opblock-tag', (all) => all.map((e) => e.dataset.tag));
    for (const tag of tags) must(shown.includes(tag), `docs: no ${tag} among ${shown}`);
    let seen = 0;
    /* One after another, as a reader does: of very many it draws what is in sight. */
    for (const tag of tags) {
        const own = operations.filter((o) => o.tags.includes(tag)).length;
        const drawn = (n) => page.waitForFunction(
            (m) => document.querySelectorAll('.opblock').length === m, n);
        const press = () => page.evaluate((name) =>
            [...document.querySelectorAll('.opblock-tag')]
                .find((e) => e.dataset.tag === name).click(), tag);
        await press();
        await drawn(own);
        seen += own;
        if (tag === 'discounts') await noSideways(page, 'docs on a telephone');
        await press();
        await drawn(0);
    }
    must(seen === operations.length, 'docs: an operation has no tag, or two');
    for (const tag of ['discounts', 'auth'])
        await page.click(`.opblock-tag[data-tag="${tag}"]`);
    await noSideways(page, 'docs on a telephone');
    const wordy = page.locator('.opblock', { hasText: 'discounts' }).first();
    await wordy.locator('.opblock-summary-control').click();
    await wordy.locator('.responses-table').first().waitFor();
    await noSideways(page, 'docs on a telephone, one opened');
    await wordy.locator('.opblock-summary-control').click();
    await page.setViewportSize(DESK);
    await noSideways(page, 'docs');
    noFaults(page, 'docs');
}

/* As somebody does who has a token: Authorize, Try it out, Execute. */
async function tryOut(page) {
    await page.click('button.authorize');
    await page.fill('.auth-container input', process.env.PANEL_TOKEN);
    await page.click('.auth-btn-wrapper button.authorize');
    await page.click('.auth-btn-wrapper .btn-done');
    const me = page.locator('.opblock', { hasText: '/api/v1/auth/me' }).first();
    await me.locator('.opblock-summary').click();
    await me.locator('.try-out__btn').click();
    await me.locator('button.execute').click();
    const status = me.locator('.live-responses-table tbody td.response-col_status');
    await status.first().waitFor();
    const said = (await status.first().innerText()).trim();
    must(said.startsWith('200'), `try it out: ${said}`);
    noFaults(page, 'try it out');
}

async function redoc(page) {
    await page.goto(`${ORIGIN}/api/redoc`);
    await page.waitForSelector('[data-section-id^="tag/"]');
    const shown = await page.$$eval('[data-section-id]', (all) =>
        all.map((e) => e.dataset.sectionId.split('/').slice(-2).join('/')));
    for (const tag of tags)
        must(shown.includes(`tag/${tag}`), `redoc: no ${tag} among ${shown}`);
    for (const o of operations)
        must(shown.includes(`operation/${o.operationId}`), `redoc: no ${o.operationId}`);
    await noSideways(page, 'redoc on a telephone');
    await page.setViewportSize(DESK);
    await noSideways(page, 'redoc');
    noFaults(page, 'redoc');
}

/* The search runs in a worker, which the page's policy must let be. */
async function redocSearch(page) {
    await page.fill('input[role="search"], .search-input', 'admins');
    await page.waitForSelector('[data-role="search:results"] li');
    noFaults(page, 'search in redoc');
}

await withPage(TELEPHONE, async (page) => {
    await swagger(page);
    await tryOut(page);
});
await withPage(TELEPHONE, async (page) => {
    await redoc(page);
    await redocSearch(page);
});
await browserEnd();
