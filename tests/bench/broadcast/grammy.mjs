/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * node grammy.mjs plain|rows|batches MESSAGES IN_FLIGHT - a broadcast as its users write it with
 * grammY: the raw api, auto-retry, kept-alive connections, IN_FLIGHT at a time (the throttler
 * is left out: it would hold it at 30 a second). Prints messages a second.
 *
 *   plain    no ledger
 *   rows     a row in MySQL for each recipient: written "sending" before the request, "sent"
 *            with the message's number behind it, a statement each, a pool of 10
 *   batches  the same rows, a hundred to a statement, before and behind: the best we could
 *            think of; after a crash a hundred are not known
 *
 * BOT_TOKEN, API (the address), SOCKET, DB_PASSWORD say where. */
import http from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const load = createRequire(join(process.env.PACKAGES, 'package.json'))
const { Api } = load('grammy')
const { autoRetry } = load('@grammyjs/auto-retry')

const [mode, count, width] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const agent = new http.Agent({ keepAlive: true, maxSockets: width })
const api = new Api(process.env.BOT_TOKEN, {
    apiRoot: process.env.API,
    baseFetchConfig: { agent, compress: true },
})
api.config.use(autoRetry())

const text = '<b>Анна</b>, в пятницу скидка 15 % на всё. Ждём вас с 9 до 21!'
const reply_markup = { inline_keyboard: [
    [{ text: 'Мои скидки', callback_data: 'v1:bc:wallet:1' }],
    [{ text: 'Не присылать рассылку', callback_data: 'v1:bc:off:1' }],
] }
const send = (id) => api.raw.sendMessage({ chat_id: 1000000000 + id, text, parse_mode: 'HTML', reply_markup })

/* work(item) for each, so many at a time. */
async function all(items, many, work) {
    let next = 0
    const lane = async () => { while (next < items.length) await work(items[next++]) }
    await Promise.all(Array.from({ length: many }, lane))
}

let pool
if (mode !== 'plain') {
    pool = load('mysql2/promise').createPool({ socketPath: process.env.SOCKET, user: 'dvorik',
        password: process.env.DB_PASSWORD, database: 'dvorik', connectionLimit: 10 })
    await pool.query('DROP TABLE IF EXISTS bench_grammy')
    await pool.query(`CREATE TABLE bench_grammy (broadcast_id BIGINT NOT NULL, customer_id BIGINT NOT NULL,
        state TINYINT NOT NULL, message_id BIGINT NULL, at DATETIME(6) NOT NULL,
        PRIMARY KEY (broadcast_id, customer_id), KEY by_state (broadcast_id, state)) ENGINE=InnoDB`)
}

async function row(id) {
    await pool.execute('INSERT INTO bench_grammy VALUES (1, ?, 2, NULL, NOW(6))', [id])
    const m = await send(id)
    await pool.execute('UPDATE bench_grammy SET state = 3, message_id = ?, at = NOW(6)'
        + ' WHERE broadcast_id = 1 AND customer_id = ?', [m.message_id, id])
}
async function batch(ids) {
    const now = new Date()
    await pool.query('INSERT INTO bench_grammy VALUES ?', [ids.map((id) => [1, id, 2, null, now])])
    const sent = await Promise.all(ids.map(async (id) => [1, id, 3, (await send(id)).message_id, new Date()]))
    await pool.query('INSERT INTO bench_grammy VALUES ? ON DUPLICATE KEY UPDATE state = VALUES(state),'
        + ' message_id = VALUES(message_id), at = VALUES(at)', [sent])
}

async function run(from, n) {
    const ids = Array.from({ length: n }, (_, i) => from + i)
    const hundreds = Array.from({ length: Math.ceil(n / 100) }, (_, i) => ids.slice(i * 100, i * 100 + 100))
    if (mode === 'batches') await all(hundreds, Math.max(2, Math.round(width / 100) + 1), batch)
    else await all(ids, width, mode === 'rows' ? row : send)
}

await run(1, Math.min(2000, count)) /* warm */
const began = performance.now()
await run(100001, count)
console.log(Math.round(count / (performance.now() - began) * 1000))
if (pool) {
    const [[{ n }]] = await pool.query('SELECT COUNT(*) AS n FROM bench_grammy WHERE state = 3 AND customer_id > 100000')
    if (n !== count) throw new Error(`${n} rows of ${count} say sent`)
    await pool.query('DROP TABLE bench_grammy')
    await pool.end()
}
agent.destroy()
