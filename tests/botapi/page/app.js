// A Mini App as a phone shows it: a page in a frame, and the camera that it may ask for.
import { decode } from './camera.js';
import { make } from './render.js';
import * as sheet from './sheet.js';

const themes = {
    light: { bg_color: '#ffffff', secondary_bg_color: '#efeff4', text_color: '#000000', hint_color: '#8e8e93', button_color: '#2481cc', button_text_color: '#ffffff', destructive_text_color: '#d93a34' },
    dark: { bg_color: '#18222d', secondary_bg_color: '#232e3c', text_color: '#ffffff', hint_color: '#b1c3d5', button_color: '#50a8eb', button_text_color: '#ffffff', destructive_text_color: '#ec3942' },
};
let now = null; // what is open: {box, frame, popup, theme, phone, photos}

function tell(type, data) {
    if (now)
        now.frame.contentWindow.postMessage(JSON.stringify({ eventType: type, eventData: data || {} }), '*');
}

export function closeApp() {
    if (now)
        now.box.remove();
    now = null;
}

function address(launch) {
    const more = new URLSearchParams({ tgWebAppVersion: '8.0', tgWebAppPlatform: now.phone ? 'android' : 'tdesktop', tgWebAppThemeParams: JSON.stringify(themes[now.theme]) });
    return `${launch.url}#tgWebAppData=${encodeURIComponent(launch.init_data)}&${more}`;
}

/* ---- the camera: whoever tests says what it sees --------------------------------------- */

function hidePopup(byPerson) {
    if (!now || now.popup.hidden)
        return;
    now.popup.hidden = true;
    if (byPerson)
        tell('scan_qr_popup_closed');
}

async function fromPicture() {
    const photos = await now.photos();
    sheet.gallery('На что навести камеру?', photos, async (file) => {
        try {
            tell('qr_text_received', { data: await decode(file) });
        } catch {
            sheet.toast('На этой картинке нет QR-кода');
        }
    });
}

function showPopup(title) {
    const form = make('form'), text = make('input'), go = make('button', 'go', 'Навести'), pick = make('button', 'plain', 'На картинку из чата'), out = make('button', 'plain', 'Закрыть камеру');
    text.placeholder = 'что прочитает камера';
    text.setAttribute('aria-label', 'Что прочитает камера');
    pick.type = out.type = 'button';
    pick.onclick = fromPicture;
    out.onclick = () => hidePopup(true);
    form.onsubmit = (e) => {
        e.preventDefault();
        tell('qr_text_received', { data: text.value });
        text.select();
    };
    form.append(text, go, pick, out);
    now.popup.replaceChildren(make('p', '', title || 'Камера'), make('div', 'aim'), form);
    now.popup.hidden = false;
    text.focus();
}

// What a hand would feel, for the eye.
function buzz(what) {
    const word = now.box.querySelector('b'), title = now.frame.title;
    word.textContent = `📳 ${what}`;
    setTimeout(() => { word.textContent = title; }, 1500);
}

const hear = {
    web_app_close: closeApp,
    web_app_open_scan_qr_popup: (d) => (now.phone ? showPopup(d.text) : undefined),
    web_app_close_scan_qr_popup: () => hidePopup(false),
    web_app_request_theme: () => tell('theme_changed', { theme_params: themes[now.theme] }),
    web_app_trigger_haptic_feedback: (d) => buzz(d.notification_type === 'success' ? 'получилось' : 'ошибка'),
};

addEventListener('message', (e) => {
    if (!now || e.source !== now.frame.contentWindow || typeof e.data !== 'string')
        return;
    let event;
    try {
        event = JSON.parse(e.data);
    } catch {
        return;
    }
    if (Object.hasOwn(hear, event.eventType))
        hear[event.eventType](event.eventData || {});
});

/* ---- the window -------------------------------------------------------------------------- */

function tool(text, title, act) {
    const b = make('button', '', text);
    b.title = title;
    b.setAttribute('aria-label', title);
    b.onclick = act;
    return b;
}

// launch: what /control/app answered; photos: the pictures of all chats.
export function openApp(title, launch, photos) {
    closeApp();
    const box = make('div', 'mini'), head = make('header'), popup = make('div', 'popup');
    now = { box, popup, photos, theme: 'light', phone: true };
    // Another platform is another launch: a page reads its address once.
    const load = () => {
        const frame = make('iframe');
        frame.title = title;
        frame.src = address(launch);
        if (now.frame)
            now.frame.replaceWith(frame);
        now.frame = frame;
        popup.hidden = true;
    };
    head.append(tool('✕', 'Закрыть', closeApp), make('b', '', title),
        tool('🌗', 'Светлая или тёмная тема', () => {
            now.theme = now.theme === 'light' ? 'dark' : 'light';
            tell('theme_changed', { theme_params: themes[now.theme] });
        }),
        tool('🖥', 'Телефон или компьютер без камеры', () => { now.phone = !now.phone; load(); }));
    load();
    box.append(head, now.frame, popup);
    document.body.append(box);
}
