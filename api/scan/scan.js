// The scanner: the camera of the Telegram app reads a code, we hand it over, and the card
// comes into the chat. Telegram's apps are spoken to by their own events; nothing is
// loaded from anywhere else.
'use strict';

const words = {
    ru: {
        title: 'Сканер', aim: 'Наведите камеру на QR-код покупателя', scan: '📷 Сканировать',
        series: 'Сканировать подряд, не закрывая камеру', label: 'Или введите код с экрана покупателя',
        typed: 'Введите код с экрана покупателя. Камера работает в Telegram на телефоне',
        check: 'Проверить', leave: 'К чату', wait: 'Проверяю…', sent: 'Карточка в чате',
        shift_closed: 'Смена закрыта. Откройте её в чате: код не потеряется',
        not_code: 'Код не подошёл: это не код скидки. Попробуйте другой',
        nobody: 'На этой кассе никто не представился. Выберите себя в чате и сканируйте снова',
        short: 'В коде десять знаков, здесь меньше. Сверьте с экраном покупателя',
        mistyped: 'В коде опечатка. Сверьте с экраном покупателя',
        empty: 'Введите код: десять букв и цифр',
        old: 'Сканер открыт слишком давно. Закройте его и откройте снова из чата',
        stranger: 'Сканер работает у сотрудников магазина. Если вы из их числа, обратитесь к управляющему',
        fast: 'Слишком много кодов подряд. Подождите минуту', lost: 'Нет связи. Попробуйте ещё раз',
        outside: 'Откройте сканер кнопкой «📷 Сканировать» в чате с ботом кассы',
    },
    en: {
        title: 'Scanner', aim: 'Point the camera at the customer’s QR code', scan: '📷 Scan',
        series: 'Keep the camera open between codes', label: 'Or type the code from the customer’s screen',
        typed: 'Type the code from the customer’s screen. The camera works in Telegram on a phone',
        check: 'Check', leave: 'Back to chat', wait: 'Checking…', sent: 'The card is in the chat',
        shift_closed: 'Your shift is closed. Open it in the chat: the code is kept',
        not_code: 'That is not a discount code. Try another one',
        nobody: 'Nobody has signed in at this till. Choose yourself in the chat and scan again',
        short: 'A code has ten characters, these are fewer. Look at the customer’s screen',
        mistyped: 'There is a slip in the code. Look at the customer’s screen',
        empty: 'Type the code: ten letters and digits',
        old: 'The scanner has been open too long. Close it and open it again from the chat',
        stranger: 'The scanner is for the shop’s staff. If you work here, ask your manager',
        fast: 'Too many codes in a row. Wait a minute', lost: 'No connection. Try again',
        outside: 'Open the scanner with “📷 Scan” in the chat with the till bot',
    },
};

const AGAIN_MS = 4000;   // the camera goes on seeing what it has read
const ANSWER_MS = 10000;
const SHOWN = 8;

const $ = (id) => document.getElementById(id);
const launch = new URLSearchParams(location.hash.slice(1));
const initData = launch.get('tgWebAppData') || '';
const say = words[language()];
let open = false;       // the camera
let busy = false;
let last = { text: '', at: 0 };

/* ---- what Telegram told us at the start -------------------------------------------------- */

function json(text) {
    try {
        return JSON.parse(text) || {};
    } catch {
        return {};
    }
}

// As the chat speaks with this person; a page opened otherwise goes by Telegram's language.
function language() {
    const chosen = new URLSearchParams(location.search).get('lang');
    if (Object.hasOwn(words, chosen))
        return chosen;
    const user = json(new URLSearchParams(initData).get('user'));
    const code = String(user.language_code || (user.id ? '' : navigator.language) || 'ru').slice(0, 2).toLowerCase();
    return ['ru', 'uk', 'be', 'kk'].includes(code) ? 'ru' : 'en';
}

// Telegram has the popup since 6.4, and only its phone apps have a camera behind it.
function hasCamera() {
    const [major, minor] = (launch.get('tgWebAppVersion') || '0').split('.').map(Number);
    return (major > 6 || (major === 6 && minor >= 4)) && /^(android|ios)/.test(launch.get('tgWebAppPlatform') || '');
}

function colours(theme) {
    const of = {
        '--ground': theme.bg_color, '--ink': theme.text_color, '--dim': theme.subtitle_text_color || theme.hint_color,
        '--field': theme.secondary_bg_color, '--accent': theme.button_color, '--on-accent': theme.button_text_color,
        '--danger': theme.destructive_text_color,
    };
    for (const [name, value] of Object.entries(of))
        if (/^#[0-9a-f]{6}$/i.test(value || ''))
            document.documentElement.style.setProperty(name, value);
    const c = /^#(..)(..)(..)$/.exec(theme.bg_color || '');
    if (c) {
        const light = c.slice(1).reduce((n, x) => n + parseInt(x, 16), 0) > 382;
        document.documentElement.style.colorScheme = light ? 'light' : 'dark';
    }
}

/* ---- Telegram's events --------------------------------------------------------------------- */

// Nothing secret is in what we post, so any frame around us may hear it.
function post(type, data) {
    if (window.TelegramWebviewProxy)
        window.TelegramWebviewProxy.postEvent(type, JSON.stringify(data || {}));
    else if (window.external && 'notify' in window.external)
        window.external.notify(JSON.stringify({ eventType: type, eventData: data || {} }));
    else if (window.parent !== window)
        window.parent.postMessage(JSON.stringify({ eventType: type, eventData: data || {} }), '*');
}

function receive(type, data) {
    const of = typeof data === 'string' ? json(data) : data || {};
    if (type === 'qr_text_received' && typeof of.data === 'string')
        seen(of.data);
    else if (type === 'scan_qr_popup_closed')
        open = false;
    else if (type === 'theme_changed')
        colours(of.theme_params || {});
}

window.Telegram = { WebView: { receiveEvent: receive } };
window.TelegramGameProxy = { receiveEvent: receive };
window.TelegramGameProxy_receiveEvent = receive;
window.addEventListener('message', (e) => {
    if (e.source !== window.parent || typeof e.data !== 'string')
        return;
    const event = json(e.data);
    receive(event.eventType, event.eventData);
});

/* ---- the camera ---------------------------------------------------------------------------- */

function openCamera() {
    open = true;
    last = { text: '', at: 0 };
    post('web_app_open_scan_qr_popup', { text: say.aim });
}

function closeCamera() {
    if (open)
        post('web_app_close_scan_qr_popup');
    open = false;
}

function seen(text) {
    const now = Date.now();
    if (busy || (text === last.text && now - last.at < AGAIN_MS)) {
        last.at = text === last.text ? now : last.at;
        return;
    }
    last = { text, at: now };
    check(text);
}

/* ---- a code -------------------------------------------------------------------------------- */

async function ask(text) {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), ANSWER_MS);
    try {
        const answer = await fetch('scan/code', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', Authorization: `tma ${initData}` },
            body: JSON.stringify({ text: text.slice(0, 512) }),
            signal: stop.signal,
        });
        const known = { 401: 'old', 403: 'stranger', 429: 'fast' };
        if (!answer.ok)
            return known[answer.status] || 'lost';
        const state = (await answer.json()).state;
        return Object.hasOwn(say, state) ? state : 'lost';
    } catch {
        return 'lost';
    } finally {
        clearTimeout(timer);
    }
}

function tell(state) {
    const good = state === 'sent';
    $('said').hidden = false;
    $('said').textContent = (good ? '✅ ' : '') + say[state];
    $('said').className = good ? 'good' : state === 'wait' ? '' : 'bad';
}

function note(state) {
    const line = document.createElement('li');
    line.textContent = `${new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' })} · ${say[state]}`;
    $('done').prepend(line);
    while ($('done').children.length > SHOWN)
        $('done').lastChild.remove();
}

async function check(text) {
    busy = true;
    $('check').disabled = true;
    tell('wait');
    const state = await ask(text);
    busy = false;
    $('check').disabled = false;
    tell(state);
    note(state);
    post('web_app_trigger_haptic_feedback', { type: 'notification', notification_type: state === 'sent' ? 'success' : 'error' });
    if (state !== 'sent') {
        closeCamera(); // the words are behind it
        return;
    }
    $('code').value = '';
    if (!$('series').checked) {
        closeCamera();
        post('web_app_close');
    }
}

/* ---- beginning ------------------------------------------------------------------------------ */

// A private window has no memory; the choice lasts as long as the page then.
function remember(value) {
    try {
        if (value !== undefined)
            localStorage.setItem('series', value ? '1' : '0');
        return localStorage.getItem('series') !== '0';
    } catch {
        return true;
    }
}

function begin() {
    document.documentElement.lang = language();
    document.title = say.title;
    colours(json(launch.get('tgWebAppThemeParams')));
    for (const id of ['scan', 'label', 'check', 'leave'])
        $(id).textContent = say[id];
    $('series-text').textContent = say.series;
    $('app').hidden = false;
    $('leave').onclick = () => post('web_app_close');
    post('web_app_ready');
    post('web_app_expand');
    if (!initData) {
        tell('outside');
        $('form').hidden = $('leave').hidden = true;
        return;
    }
    $('series').checked = remember();
    $('series').onchange = () => remember($('series').checked);
    $('scan').onclick = openCamera;
    $('form').onsubmit = (e) => {
        e.preventDefault();
        if (!$('code').value.trim())
            tell('empty');
        else if (!busy)
            check($('code').value.trim());
    };
    $('scan').hidden = $('series-line').hidden = !hasCamera();
    if (hasCamera()) {
        openCamera();
    } else {
        $('label').textContent = say.typed;
        $('code').focus();
    }
}

begin();
