// The chat page: who I am, which chat is open, and what happens when I touch things.
import { dayOf, face, icon, make, message, nameOf, rows, timeOf } from './render.js';
import { openApp } from './app.js';
import { decode } from './camera.js';
import * as sheet from './sheet.js';
import { someone, split } from './split.js';

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const state = { people: [], bots: [], channel: null, me: null, bot: null, messages: [], keyboard: null, started: false, blocked: false };
const unread = new Map();   // "person/bot" -> count
const waiting = new Map();  // message id -> button that waits for its answer
const bare = query.has('embed');
const home = query.get('bot') || 'client';

async function ask(path, body, type) {
    const options = body === undefined ? {} : {
        method: 'POST',
        headers: { 'Content-Type': type || 'application/json' },
        body: type ? body : JSON.stringify(body),
    };
    const r = await fetch(`/control/${path}`, options);
    const answer = await r.json();
    if (!r.ok)
        throw new Error(answer.error || r.status);
    return answer;
}

// Every act may be refused; a person wants to know why.
async function act(path, body, type) {
    try {
        return await ask(path, body, type);
    } catch (e) {
        const known = { 'this person has been thrown out of the channel': 'Этого человека исключили из канала', 'this person has blocked the bot': 'Бот заблокирован: сначала разблокируйте его', 'no such message or button': 'Этой кнопки больше нет' };
        sheet.toast(known[e.message] || `Не получилось: ${e.message}`);
        return null;
    }
}

/* ---- who is who ------------------------------------------------------------------------ */

const me = () => state.people.find((p) => p.id === state.me);
const bot = (key) => state.bots.find((b) => b.key === key);
const titleOf = (key) => (key === 'channel' ? state.channel.title : bot(key).first_name);
const idOf = (key) => (key === 'channel' ? state.channel.id : bot(key).id);

async function loadPeople() {
    const order = ['Покупатель', 'Кассир', 'Владелец'];
    state.people = (await ask('people')).people.sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
}

async function loadBots() {
    const all = await ask('bots');
    state.bots = all.bots;
    state.channel = all.channel;
}

/* ---- the list of chats -------------------------------------------------------------------- */

function snippet(m) {
    if (!m)
        return 'Нажмите, чтобы начать';
    return (m.photo ? 'Фото ' : m.document ? 'Файл ' : m.contact ? 'Контакт ' : '') + (m.text || m.caption || '').replace(/\s+/g, ' ');
}

function chatRow(key, last) {
    const row = make('button', key === state.bot ? 'row on' : 'row'), lines = make('span', 'lines'), aside = make('span', 'aside');
    const n = unread.get(`${state.me}/${key}`) || 0;
    lines.append(make('b', '', titleOf(key)), make('span', '', key === 'channel' ? 'Канал магазина' : snippet(last)));
    if (last)
        aside.append(timeOf(last.date));
    if (n)
        aside.append(make('br'), make('span', 'badge', String(n)));
    row.append(face(idOf(key), titleOf(key)), lines, aside);
    row.onclick = () => go(state.me, key);
    return row;
}

async function showSide() {
    const who = me(), lines = make('span', 'lines'), others = otherUnread();
    lines.append(make('b', '', nameOf(who)), make('span', '', who.role || 'Покупатель'));
    $('me').replaceChildren(face(who.id, nameOf(who)), lines, make('span', 'turn', 'Сменить'));
    if (others)
        $('me').append(make('span', 'badge', String(others)));
    const chats = (await ask(`chats?person=${state.me}`)).chats;
    const last = Object.fromEntries(chats.map((c) => [c.bot, c.last]));
    const first = who.role === 'Кассир' ? ['auth', 'client'] : ['client', 'auth'];
    $('list').replaceChildren(...first.map((k) => chatRow(k, last[k])), chatRow('channel', null));
}

function otherUnread() {
    let n = 0;
    for (const [key, count] of unread)
        n += key.startsWith(`${state.me}/`) ? 0 : count;
    return n;
}

/* ---- one chat ------------------------------------------------------------------------------ */

const on = {
    copy: async (text) => {
        try {
            await navigator.clipboard.writeText(text);
            sheet.toast('Скопировано');
        } catch {
            sheet.alertBox(text);
        }
    },
    say: (text) => say(text),
    toast: sheet.toast,
    zoom: (m) => sheet.zoom(m.file, m.caption, () => camera(m.file)),
    camera: (file) => camera(file),
    link: (url) => follow(url),
    app: (which, title) => launch(which, title),
    press: async (m, b, element) => {
        element.classList.add('wait');
        waiting.set(m.message_id, element);
        setTimeout(() => element.classList.remove('wait'), 15000);
        const done = await act('press', { person: state.me, bot: state.bot, message_id: m.message_id, data: b.callback_data });
        if (!done)
            element.classList.remove('wait');
    },
};

function element(m) {
    const quoted = m.reply_to && state.messages.find((x) => x.message_id === m.reply_to);
    return message(m, !m.outgoing && state.bot !== 'channel', quoted, on);
}

function atBottom() {
    const f = $('feed');
    return f.scrollHeight - f.scrollTop - f.clientHeight < 80;
}

let low = true; // the end of the feed is in sight
function toBottom() {
    low = true;
    $('feed').scrollTop = $('feed').scrollHeight;
    $('down').hidden = true;
}

function showFeed() {
    const feed = $('feed');
    let day = '';
    feed.replaceChildren();
    for (const m of state.messages) {
        if (dayOf(m.date) !== day) {
            day = dayOf(m.date);
            const d = make('div', 'day');
            d.append(make('span', '', day));
            feed.append(d);
        }
        feed.append(element(m));
    }
    if (!state.messages.length)
        feed.append(greeting());
    toBottom();
}

function greeting() {
    const box = make('div', 'empty');
    const lang = (me().language_code || '').slice(0, 2);
    const about = state.bot !== 'channel' && (bot(state.bot).settings[`description|${lang}`] || bot(state.bot).settings['description|']);
    box.append(make('b', '', state.bot === 'channel' ? 'В канале пока ничего нет' : 'Что умеет этот бот?'),
        about ? about.description : state.bot === 'channel' ? 'Подписчики получают скидку.' : 'Нажмите «Начать», чтобы поговорить с ним.');
    return box;
}

function showHead(status) {
    const lines = make('span', 'lines');
    const base = state.bot === 'channel' ? 'канал' : state.blocked ? 'бот, заблокирован вами' : 'бот';
    lines.append(make('b', '', titleOf(state.bot)), make('span', '', status || base));
    $('who').replaceChildren(face(idOf(state.bot), titleOf(state.bot), true), lines);
    document.title = `${titleOf(state.bot)} — ${nameOf(me())}`;
}

function joinWord() {
    if (['member', 'administrator', 'creator', 'restricted_in'].includes(me().channel))
        return 'Отписаться';
    if (me().channel === 'asked')
        return 'Отозвать заявку';
    return state.channel.by_request ? 'Подать заявку' : 'Подписаться';
}

function showFoot() {
    const wide = state.bot === 'channel' ? joinWord()
        : state.blocked ? 'Разблокировать' : !state.started ? 'Начать' : '';
    $('wide').hidden = !wide;
    $('wide').textContent = wide;
    $('bar').hidden = Boolean(wide);
    const commands = state.bot !== 'channel' ? commandList() : [], app = menuApp();
    $('menu').hidden = !commands.length && !app;
    $('menu').firstElementChild.textContent = app ? app.text : 'Меню';
    const keyboard = state.keyboard && !wide ? state.keyboard.keyboard : [];
    $('text').placeholder = (state.keyboard && state.keyboard.input_field_placeholder) || 'Сообщение';
    $('keys').replaceChildren(...rows('', keyboard, (b) => {
        const text = typeof b === 'string' ? b : b.text, e = make('button', '', text);
        e.onclick = () => (b.request_contact ? act('contact', { person: state.me, bot: state.bot })
            : b.web_app ? launch({ text }, text) : say(text));
        return e;
    }).children);
}

function commandList() {
    const s = bot(state.bot).settings, lang = (me().language_code || '').slice(0, 2);
    const scopes = [`chat:${state.me}`, 'all_private_chats', 'default'];
    for (const scope of scopes)
        for (const key of [`commands|${scope}|${lang}`, `commands|${scope}|`])
            if (s[key] && s[key].length)
                return s[key];
    return [];
}

// The button beside the input field, when it opens a page.
function menuApp() {
    if (state.bot === 'channel')
        return null;
    const s = bot(state.bot).settings, b = s[`menu_button|${state.me}`] || s['menu_button|0'];
    return b && b.type === 'web_app' ? b : null;
}

async function launch(which, title) {
    const opened = await act('app', { person: state.me, bot: state.bot, ...which });
    if (opened)
        openApp(title, opened, async () => (await ask('photos')).photos);
}

async function loadChat() {
    const who = state.me, key = state.bot;
    const m = await ask(`messages?person=${who}&bot=${key}`);
    if (who !== state.me || key !== state.bot)
        return;
    Object.assign(state, { messages: m.messages, keyboard: m.keyboard, started: m.started, blocked: m.blocked });
    unread.delete(`${who}/${key}`);
    waiting.clear();
    showHead();
    showFeed();
    showFoot();
}

// Opens a chat as somebody; in the split view another person's chat is the other half's.
async function go(person, key, replace) {
    if (bare && person !== state.me && state.me !== null) {
        parent.postMessage({ open: { as: person, bot: key } }, location.origin);
        return;
    }
    state.me = person;
    state.bot = key;
    const url = new URL(location.href);
    url.searchParams.set('as', person);
    if (key)
        url.searchParams.set('bot', key);
    else
        url.searchParams.delete('bot');
    if (url.href !== location.href)
        history[replace ? 'replaceState' : 'pushState']({ person, key }, '', url);
    $('app').classList.toggle('talking', Boolean(key));
    $('app').classList.toggle('away', bare && key !== home);
    if (!key)
        state.bot = me().role === 'Кассир' ? 'auth' : 'client';
    localStorage.setItem('me', String(person));
    if (key || innerWidth > 720)
        await loadChat();
    await showSide();
}

async function say(text) {
    if (text.trim())
        await act('say', { person: state.me, bot: state.bot, text: text.trim() });
    toBottom();
}

/* ---- links and the camera ---------------------------------------------------------------- */

async function follow(url) {
    const name = (/t\.me\/([A-Za-z0-9_]+)/.exec(url) || [])[1] || '';
    const target = state.bots.find((b) => b.username.toLowerCase() === name.toLowerCase());
    if (target && /[?&]start=/.test(url)) {
        const done = await act('link', { person: state.me, link: url });
        if (done)
            await go(state.me, target.key);
    } else if (target) {
        await go(state.me, target.key);
    } else if (name.toLowerCase() === state.channel.username.toLowerCase()) {
        await go(state.me, 'channel');
    } else {
        open(/^https?:/.test(url) ? url : `https://${url}`, '_blank', 'noopener');
    }
}

// Whoever points a phone at this picture follows what is on it.
async function camera(file) {
    let text;
    try {
        text = await decode(file);
    } catch {
        sheet.toast('На этой картинке нет QR-кода');
        return;
    }
    await loadPeople();
    if (!/t\.me\/.+start=/.test(text)) {
        sheet.alertBox(`На картинке: ${text}`);
        return;
    }
    const order = [...state.people].sort((a, b) => (b.role === 'Кассир') - (a.role === 'Кассир'));
    sheet.people('Кто наводит камеру?', order, null, null, async (p) => {
        const done = await act('link', { person: p.id, link: text });
        if (done)
            await go(p.id, done.bot);
    });
}

async function sendFile(input, path) {
    const file = input.files[0];
    input.value = '';
    if (file)
        await act(`${path}?person=${state.me}&bot=${state.bot}&name=${encodeURIComponent(file.name)}`, file, 'application/octet-stream');
}

/* ---- menus --------------------------------------------------------------------------------- */

async function switchPerson() {
    await loadPeople();
    const count = (id) => ['client', 'auth'].reduce((n, k) => n + (unread.get(`${id}/${k}`) || 0), 0);
    sheet.people('Кто вы?', state.people, state.me, count, (p) => go(p.id, null), () => sheet.addPerson(async (fields) => {
        const p = await act('people', fields);
        await loadPeople();
        if (p)
            await go(p.id, null);
    }));
}

function attachMenu() {
    const mine = { person: state.me, bot: state.bot };
    sheet.menu('Отправить', [
        { icon: 'image', text: 'Фото с устройства', act: () => $('photo').click() },
        { icon: 'camera', text: 'Картинку из другого чата (снять QR)', act: async () => {
            const photos = (await ask('photos')).photos;
            sheet.gallery('Какую картинку снять?', photos, (file) => act('photo', { ...mine, file }));
        } },
        { icon: 'file', text: 'Файл', act: () => $('file').click() },
        { icon: 'person', text: 'Свой контакт', act: () => act('contact', mine) },
        { icon: 'person', text: 'Чужой контакт', act: () => sheet.people('Чей контакт?', state.people.filter((p) => p.id !== state.me), null, null,
            (p) => act('contact', { ...mine, of: p.id, phone: p.phone || '79991234567' })) },
        { icon: 'person', text: 'Контакт из записной книжки', act: () => act('contact', { ...mine, of: 0, phone: '79997654321' }) },
    ]);
}

// What an admin of the channel does to this person, and the channel's own way to let in.
function channelMenu() {
    const standing = (status) => async () => {
        await act('rights', { person: state.me, status });
        await loadPeople();
        showFoot();
    };
    const items = [
        { icon: 'block', danger: true, text: 'Исключить из канала', act: standing('kicked') },
        { icon: 'block', text: 'Ограничить, но оставить', act: standing('restricted_in') },
        { icon: 'block', text: 'Ограничить и вывести', act: standing('restricted_out') },
        { icon: 'turn', text: 'Снять исключение', act: standing('left') },
        { icon: 'turn', text: state.channel.by_request ? 'Впускать всех сразу' : 'Впускать по заявкам',
            act: () => act('channel', { by_request: !state.channel.by_request }) },
    ];
    if (me().channel === 'asked')
        items.unshift({ icon: 'add', text: 'Принять заявку', act: standing('member') }, { icon: 'block', text: 'Отклонить заявку', act: standing('left') });
    sheet.menu(titleOf('channel'), items);
}

function aboutBot() {
    const s = bot(state.bot).settings, lang = (me().language_code || '').slice(0, 2);
    const said = (what) => ((s[`${what}|${lang}`] || s[`${what}|`] || {})[what] || '').trim();
    const lines = [said('short_description'), said('description'), ...commandList().map((c) => `/${c.command} — ${c.description}`)];
    sheet.alertBox(lines.filter(Boolean).join('\n') || 'Бот ничего о себе не рассказал');
}

function moreMenu() {
    const mine = { person: state.me, bot: state.bot };
    if (state.bot === 'channel') {
        channelMenu();
        return;
    }
    const items = [
        { icon: 'turn', text: 'Начать заново (/start)', act: () => act('start', mine) },
        { icon: 'person', text: 'Сменить человека', act: switchPerson },
        { icon: 'file', text: 'О боте', act: aboutBot },
    ];
    if (state.started)
        items.push({ icon: 'block', danger: !state.blocked, text: state.blocked ? 'Разблокировать бота' : 'Заблокировать бота',
            act: async () => { await act(state.blocked ? 'unblock' : 'block', mine); loadChat(); } });
    sheet.menu(titleOf(state.bot), items);
}

async function wideAct() {
    const mine = { person: state.me, bot: state.bot }, joined = ['Отписаться', 'Отозвать заявку'].includes($('wide').textContent);
    if (state.bot === 'channel')
        await act(joined ? 'leave' : 'join', { person: state.me });
    else
        await act(state.blocked ? 'unblock' : 'start', mine);
    await loadPeople();
    await loadChat();
}

/* ---- what happens meanwhile ------------------------------------------------------------------ */

const hear = {
    message: (e) => {
        if (!here(e)) {
            const key = `${e.chat}/${e.bot}`;
            if (e.message.outgoing)
                unread.set(key, (unread.get(key) || 0) + 1);
            showSide();
            return;
        }
        const followed = low;
        // The first word changes what stands around the feed: Start gives way to the bar.
        if (!state.messages.length || !state.started || e.message.reply_markup) {
            loadChat().then(showSide);
            return;
        }
        const before = state.messages.at(-1);
        state.messages.push(e.message);
        if (dayOf(before.date) !== dayOf(e.message.date))
            showFeed();
        else
            $('feed').append(element(e.message));
        showHead();
        if (followed || !e.message.outgoing)
            toBottom();
        else
            $('down').hidden = false;
        showSide();
    },
    edited: (e) => {
        if (!here(e))
            return;
        const followed = low, i = state.messages.findIndex((m) => m.message_id === e.message.message_id);
        const old = $('feed').querySelector(`[data-id="${e.message.message_id}"]`);
        if (i < 0 || !old)
            return;
        state.messages[i] = e.message;
        const fresh = element(e.message);
        fresh.querySelector('.bubble').classList.add('fresh');
        old.replaceWith(fresh);
        if (followed)
            toBottom();
    },
    deleted: (e) => {
        if (!here(e))
            return;
        state.messages = state.messages.filter((m) => m.message_id !== e.message.message_id);
        showFeed();
    },
    toast: (e) => {
        const b = waiting.get(e.message_id);
        if (e.chat !== state.me || e.bot !== state.bot)
            return;
        if (b)
            b.classList.remove('wait');
        waiting.delete(e.message_id);
        if (e.text)
            (e.alert ? sheet.alertBox : sheet.toast)(e.text);
    },
    action: (e) => {
        const doing = { typing: 'печатает…', upload_photo: 'отправляет фото…', upload_document: 'отправляет файл…' };
        if (e.chat !== state.me || e.bot !== state.bot)
            return;
        showHead(doing[e.action] || 'занят…');
        clearTimeout(hear.calm);
        hear.calm = setTimeout(() => showHead(), 5000);
    },
    member: async () => { await loadPeople(); showFoot(); },
    people: loadPeople,
    bots: async () => { await loadBots(); showFoot(); },
    reset: () => location.reload(),
};

function here(e) {
    return e.bot === '' ? state.bot === 'channel' : e.bot === state.bot && e.chat === state.me;
}

function listen() {
    const events = new EventSource('/control/events');
    let lost = false;
    events.onmessage = (e) => {
        const event = JSON.parse(e.data);
        if (hear[event.event])
            hear[event.event](event);
    };
    events.onerror = () => { lost = true; };
    events.onopen = () => {
        if (lost)
            loadChat().then(showSide);
        lost = false;
    };
}

/* ---- beginning ---------------------------------------------------------------------------- */

function grow() {
    const t = $('text');
    t.style.height = 'auto';
    t.style.height = `${Math.min(t.scrollHeight, 130)}px`;
}

function wire() {
    $('back').innerHTML = icon('back');
    $('more').innerHTML = icon('more');
    $('attach').innerHTML = icon('clip');
    $('downbtn').innerHTML = icon('down');
    document.querySelector('.send').innerHTML = icon('send');
    $('me').onclick = switchPerson;
    // Half of the split view has one chat; from the channel the arrow leads back to it.
    $('back').onclick = () => go(state.me, bare ? home : null);
    $('more').onclick = moreMenu;
    $('attach').onclick = attachMenu;
    $('wide').onclick = wideAct;
    $('downbtn').onclick = toBottom;
    $('feed').onscroll = () => { low = atBottom(); if (low) $('down').hidden = true; };
    // A picture takes its height only when it has come; who read the end still does.
    $('feed').addEventListener('load', () => { if (low) toBottom(); }, true);
    $('menu').onclick = () => (menuApp() ? launch({ menu: true }, menuApp().text) : sheet.menu('Команды', commandList().map((c) => ({ text: c.description, code: `/${c.command}`, act: () => say(`/${c.command}`) }))));
    $('photo').onchange = () => sendFile($('photo'), 'photo');
    $('file').onchange = () => sendFile($('file'), 'document');
    $('text').oninput = grow;
    $('text').onkeydown = (e) => {
        if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
            e.preventDefault();
            $('bar').requestSubmit();
        }
    };
    $('bar').onsubmit = (e) => {
        e.preventDefault();
        const text = $('text').value;
        $('text').value = '';
        grow();
        say(text);
    };
    onpopstate = () => {
        const q = new URLSearchParams(location.search);
        go(Number(q.get('as')) || state.me, q.get('bot'), true);
    };
}

async function begin() {
    await Promise.all([loadPeople(), loadBots()]);
    if (query.has('demo')) {
        split(state.people, query);
        return;
    }
    const asked = Number(query.get('as') || localStorage.getItem('me'));
    const who = state.people.find((p) => p.id === asked) || someone(state.people, 'Покупатель', 'client');
    wire();
    $('app').hidden = false;
    $('app').classList.toggle('bare', bare);
    state.me = who.id;
    await go(who.id, query.get('bot'), true);
    listen();
}

begin();
