// SPDX-License-Identifier: LicenseRef-Proprietary
//
// BullMQ as a peer of the benchmark: peer.js put|work '{"port":6379, …}', the
// same verbs and questions as bench_queue (bench.h). Jobs carry the same object
// {n, t, p}; what is done goes away at once (removeOnComplete), as with the others.
'use strict';
const fs = require('fs');
const http = require('http');
const { Queue, Worker } = require('bullmq');

const verb = process.argv[2];
const ask = JSON.parse(process.argv[3]);
const connection = { host: '127.0.0.1', port: ask.port, db: ask.db || 0,
    maxRetriesPerRequest: null };
const NO_DELAY = -2147483648;
// {"v":1,"k":"bench.noop","a":…} around the object in our record: what is left of "size"
const AROUND = 29;

const monoUs = () => Math.floor(Number(process.hrtime.bigint()) / 1000);

// ---- putting -------------------------------------------------------------------------
const pad = 'x'.repeat(2048);
function data(i, t) {
    const n = i + (ask.first || 0);
    const d = t ? { n, t, p: '' } : { n, p: '' };
    const left = (ask.size || 250) - AROUND - JSON.stringify(d).length;
    if (left > 0)
        d.p = pad.slice(0, left);
    return d;
}

function queueName(lane) {
    return lane === 'hot' ? 'hot' : 'bench';
}

async function putAll(queue) {
    const batch = ask.batch || 500;
    for (let i = 0; i < ask.n; i += batch) {
        if (batch === 1) {
            await queue.add('bench.noop', data(i));
            continue;
        }
        const jobs = [];
        for (let j = i; j < Math.min(ask.n, i + batch); j++)
            jobs.push({ name: 'bench.noop', data: data(j) });
        await queue.addBulk(jobs);
    }
}

// One after the other would measure the socket's round trip: `window` under way.
async function putConcurrent(queue) {
    let next = 0;
    const one = async () => {
        while (next < ask.n)
            await queue.add('bench.noop', data(next++));
    };
    await Promise.all(Array.from({ length: ask.window || 50 }, one));
}

// A fact in MySQL, then its job: nobody undoes the one when the other fails.
async function putFacts(queue) {
    const db = await require('mysql2/promise').createConnection({
        socketPath: ask.mysql, user: 'root', database: ask.schema });
    for (let i = 0; i < ask.n; i++) {
        await db.beginTransaction();
        await db.execute('INSERT INTO bench_fact (n) VALUES (?)', [i]);
        await db.commit();
        await queue.add('bench.noop', data(i));
    }
    await db.end();
}

let state;
function randomUnit() { // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

// Open loop, nothing awaited. Node's timers have a grain of a millisecond: that much of
// our own lateness is forgiven.
async function putPaced(queue) {
    const mean = 1e6 / ask.rate, pending = new Set();
    state = ask.seed || 1;
    const gap = () => (ask.poisson ? -Math.log(1 - randomUnit()) * mean : mean);
    let due = monoUs() + 1000, i = 0;
    while (i < ask.n) {
        const now = monoUs();
        if (now < due) {
            await new Promise((r) => setTimeout(r, Math.max(0, Math.floor((due - now) / 1000))));
            continue;
        }
        const jobs = [];
        for (; i < ask.n && due <= now && jobs.length < (ask.batch || 200); due += gap(), i++)
            jobs.push({ name: 'bench.noop', data: data(i, Math.min(now, Math.floor(due) + 1000)) });
        const p = jobs.length === 1 ? queue.add(jobs[0].name, jobs[0].data) : queue.addBulk(jobs);
        pending.add(p);
        p.finally(() => pending.delete(p));
        await new Promise(setImmediate);
    }
    await Promise.all(pending);
}

async function putDelayed(queue) {
    const lead = ask.lead_ms || 1000, window = ask.window_ms || 10000;
    const start = monoUs();
    for (let i = 0; i < ask.n;) {
        const jobs = [];
        for (; i < ask.n && jobs.length < 200; i++) {
            const at = start + (lead + Math.floor((window * i) / ask.n)) * 1000;
            const delay = Math.max(0, Math.round((at - monoUs()) / 1000));
            jobs.push({ name: 'bench.noop', data: data(i, at), opts: { delay } });
        }
        await queue.addBulk(jobs);
    }
}

async function put() {
    const modes = { all: putAll, concurrent: putConcurrent, paced: putPaced,
        delayed: putDelayed, facts: putFacts };
    const queue = new Queue(queueName(ask.lane), { connection });
    await queue.waitUntilReady();
    const from = monoUs();
    await modes[ask.mode || 'all'](queue);
    const us = monoUs() - from;
    await queue.close();
    console.log(JSON.stringify({ n: ask.n, us }));
}

// ---- working -------------------------------------------------------------------------
const runs = new Int32Array(2 * (ask.room || 1000000));
let count = 0, first = 0, last = 0;
function note(d) {
    const now = monoUs();
    if (count === 0)
        first = now;
    last = now;
    if (2 * count < runs.length) {
        runs[2 * count] = d.n;
        runs[2 * count + 1] = d.t ? now - d.t : NO_DELAY;
    }
    count++;
}

function makeTx() {
    const pool = require('mysql2/promise').createPool({ socketPath: ask.mysql, user: 'root',
        database: ask.schema, connectionLimit: ask.connections || 8 });
    return async (n) => {
        const c = await pool.getConnection();
        try {
            await c.beginTransaction();
            await c.execute('INSERT INTO bench_effect (n) VALUES (?)', [n]);
            await c.execute('UPDATE bench_account SET points = points + 1 WHERE id = ?', [n % 64]);
            await c.commit();
        } catch (e) {
            await c.rollback();
            if (e.errno !== 1062)
                throw e;
        } finally {
            c.release();
        }
    };
}

function makeHttp() {
    const url = new URL(ask.api);
    const agent = new http.Agent({ keepAlive: true, maxSockets: ask.concurrency });
    const path = '/bot1000001:client-token-of-the-bench-000000000/answerCallbackQuery';
    return (n) => new Promise((resolve, reject) => {
        const body = JSON.stringify({ callback_query_id: String(n) });
        const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length };
        const req = http.request({ agent, method: 'POST', host: url.hostname,
            port: url.port, path, headers }, (res) => {
            let text = '';
            res.on('data', (d) => { text += d; });
            res.on('end', () => (JSON.parse(text).ok ? resolve() : reject(new Error(text))));
        });
        req.on('error', reject);
        req.end(body);
    });
}

function hold() {
    const ms = ask.hold_us / 1000;
    if (!ask.busy)
        return new Promise((r) => setTimeout(r, ms));
    for (const until = monoUs() + ask.hold_us; monoUs() < until;)
        continue;
    return null;
}

function handlerFor(name) {
    if (ask.tx) {
        const tx = makeTx();
        return async (job) => { await tx(job.data.n); note(job.data); };
    }
    if (ask.api) {
        const call = makeHttp();
        return async (job) => { await call(job.data.n); note(job.data); };
    }
    if (ask.hold_us && name === 'bench')
        return async (job) => { await hold(); note(job.data); };
    return async (job) => { note(job.data); };
}

async function work() {
    const workers = (ask.queues || ['bench']).map((name) => {
        const w = new Worker(name, handlerFor(name), {
            connection, concurrency: ask.concurrency || 1,
            removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } });
        w.on('error', (e) => console.error(String(e)));
        w.on('failed', (job, e) => console.error('failed', String(e)));
        return w;
    });
    await Promise.all(workers.map((w) => w.waitUntilReady()));
    const stop = async () => {
        await Promise.race([Promise.all(workers.map((w) => w.close())),
            new Promise((r) => setTimeout(r, 3000))]);
        fs.writeFileSync(`${ask.dump}/bullmq.${process.pid}.run`,
            new Uint8Array(runs.buffer, 0, Math.min(count * 8, runs.byteLength)));
        console.log(JSON.stringify({ count, first_us: first, last_us: last }));
        process.exit(0);
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    console.log('ready');
}

({ put, work })[verb]().catch((e) => { console.error(e); process.exit(1); });
