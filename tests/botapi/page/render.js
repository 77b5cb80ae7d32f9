// How a message looks: entities, pictures, buttons. Nothing here talks to the server.
const icons = {
    back: '<path d="M15 5l-7 7 7 7"/>',
    more: '<circle cx="12" cy="5" r="1.2"/><circle cx="12" cy="12" r="1.2"/><circle cx="12" cy="19" r="1.2"/>',
    clip: '<path d="M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8L10 17a1.8 1.8 0 0 1-2.5-2.5L15 7"/>',
    send: '<path d="M4 12L20 4l-5 16-3-7z"/>',
    down: '<path d="M6 9l6 6 6-6"/>',
    ticks: '<path d="M1 12l5 5L16 7M11 16l1 1L22 7"/>',
    camera: '<path d="M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3"/><path d="M8 8h3v3H8zM13 13h3v3h-3zM14 8h2M8 14h2"/>',
    lock: '<rect x="6" y="11" width="12" height="9" rx="2"/><path d="M9 11V8a3 3 0 0 1 6 0v3"/>',
    link: '<path d="M8 16L17 7M9 7h8v8"/>',
    copy: '<rect x="9" y="9" width="10" height="10" rx="2"/><path d="M5 15V6a1 1 0 0 1 1-1h9"/>',
    image: '<rect x="4" y="5" width="16" height="14" rx="2"/><path d="M4 16l5-5 4 4 2-2 5 5"/>',
    file: '<path d="M7 3h7l4 4v14H7zM14 3v5h4"/>',
    person: '<circle cx="12" cy="8" r="4"/><path d="M4 20c1-4 5-5 8-5s7 1 8 5"/>',
    add: '<path d="M12 5v14M5 12h14"/>',
    block: '<circle cx="12" cy="12" r="8"/><path d="M6.5 6.5l11 11"/>',
    turn: '<path d="M4 9h13l-3-3M20 15H7l3 3"/>',
};

export function icon(name) {
    return `<svg viewBox="0 0 24 24" aria-hidden="true">${icons[name]}</svg>`;
}

export function make(tag, className, text) {
    const e = document.createElement(tag);
    if (className)
        e.className = className;
    if (text !== undefined)
        e.textContent = text;
    return e;
}

const colours = ['#3f8f7b', '#c5743f', '#5b79c2', '#a85a9b', '#4b94b8', '#8a8f3a', '#b8595f', '#6f6bb5'];
export function face(id, name, small) {
    const e = make('span', small ? 'face small' : 'face');
    const letters = [...name.replace(/[^\p{L}\p{N} ]/gu, '').trim()];
    const second = name.trim().split(/\s+/)[1];
    e.style.background = colours[Math.abs(Number(id) % colours.length)];
    e.textContent = ((letters[0] || '?') + (second ? [...second.replace(/[^\p{L}\p{N}]/gu, '')][0] || '' : '')).toUpperCase();
    return e;
}

export function nameOf(p) {
    const name = `${p.first_name} ${p.last_name || ''}`.replace(/[\u202a-\u202e\u2066-\u2069]/g, '').trim();
    return /[\p{L}\p{N}]/u.test(name) && !/^[\u3164\u2800\s]*$/.test(name) ? name : `Без имени (${p.id})`;
}

export function timeOf(seconds) {
    return new Date(seconds * 1000).toLocaleTimeString('ru-RU', { hour: '2-digit', minute: '2-digit' });
}

export function dayOf(seconds) {
    const d = new Date(seconds * 1000), today = new Date();
    if (d.toDateString() === today.toDateString())
        return 'Сегодня';
    return d.toLocaleDateString('ru-RU', { day: 'numeric', month: 'long' });
}

/* ---- text with entities: offsets are UTF-16 units, as JavaScript's own are ---------- */

const plainTags = {
    bold: 'b', italic: 'i', underline: 'u', strikethrough: 's', blockquote: 'blockquote',
    expandable_blockquote: 'blockquote',
};

function wrap(entity, text, on) {
    if (plainTags[entity.type])
        return make(plainTags[entity.type]);
    if (entity.type === 'code' || entity.type === 'pre') {
        const e = make(entity.type);
        e.title = 'Скопировать';
        e.onclick = () => on.copy(text);
        return e;
    }
    if (entity.type === 'spoiler') {
        const e = make('span', 'spoiler');
        e.onclick = () => e.classList.add('open');
        return e;
    }
    if (entity.type === 'date_time') {
        const e = make('span');
        e.title = new Date(entity.unix_time * 1000).toLocaleString('ru-RU');
        return e;
    }
    const acts = {
        text_link: () => on.link(entity.url), url: () => on.link(text), mention: () => on.link(`t.me/${text.slice(1)}`),
        bot_command: () => on.say(text), email: () => on.copy(text), phone_number: () => on.copy(text),
    };
    if (!acts[entity.type])
        return make('span');
    const a = make('a');
    a.tabIndex = 0;
    a.title = entity.url || '';
    a.onclick = acts[entity.type];
    a.onkeydown = (k) => k.key === 'Enter' && acts[entity.type]();
    return a;
}

// Entities nest; the outermost that begins here takes everything inside its range.
function fill(parent, text, entities, from, to, on) {
    let at = from;
    while (entities.length && at < to) {
        const e = entities[0], start = Math.max(e.offset, at), end = Math.min(e.offset + e.length, to);
        if (e.offset >= to)
            break;
        entities.shift();
        if (end <= at)
            continue;
        if (start > at)
            parent.append(text.slice(at, start));
        const inside = [];
        while (entities.length && entities[0].offset < end)
            inside.push(entities.shift());
        const box = wrap(e, text.slice(start, end), on);
        fill(box, text, inside, start, end, on);
        parent.append(box);
        at = end;
    }
    if (at < to)
        parent.append(text.slice(at, to));
}

export function words(text, entities, on) {
    const e = make('span', 'words');
    const sorted = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
    fill(e, text, sorted, 0, text.length, on);
    return e;
}

/* ---- a message ------------------------------------------------------------------------ */

function picture(m, on) {
    const box = make('div', 'picture'), img = make('img'), shot = make('button', 'shot');
    const largest = m.photo[m.photo.length - 1] || {};
    img.src = `/control/file?n=${m.file}`;
    img.alt = 'Фото';
    img.loading = 'lazy';
    if (largest.width)
        img.style.aspectRatio = `${largest.width} / ${largest.height}`;
    img.onclick = () => on.zoom(m);
    shot.innerHTML = `${icon('camera')}<span>Открыть камерой</span>`;
    shot.onclick = () => on.camera(m.file);
    box.append(img, shot);
    return box;
}

function inlineButton(m, b, on) {
    const e = make('button', b.style || '', b.text);
    if (b.url)
        e.insertAdjacentHTML('beforeend', icon('link'));
    if (b.copy_text)
        e.insertAdjacentHTML('beforeend', icon('copy'));
    e.onclick = () => {
        if (b.url)
            on.link(b.url);
        else if (b.copy_text)
            on.copy(b.copy_text.text);
        else if (b.callback_data !== undefined)
            on.press(m, b, e);
        else if (b.web_app)
            on.app({ message_id: m.message_id, text: b.text }, b.text);
        else
            on.toast('Такие кнопки эта страница не открывает');
    };
    return e;
}

export function rows(className, list, button) {
    const box = make('div', className);
    for (const row of list || []) {
        const line = make('div', 'line');
        line.append(...row.map(button));
        box.append(line);
    }
    return box;
}

function meta(m, mine) {
    const e = make('span', 'meta');
    if (m.has_protected_content)
        e.insertAdjacentHTML('beforeend', icon('lock'));
    e.append((m.edit_date ? 'изменено ' : '') + timeOf(m.date));
    if (mine)
        e.insertAdjacentHTML('beforeend', icon('ticks'));
    return e;
}

function attachments(m, on) {
    const list = [];
    if (m.photo)
        list.push(picture(m, on));
    if (m.video) {
        const line = make('div', 'card-line'), a = make('a', '', 'видео');
        a.href = `/control/file?n=${m.file}`;
        line.innerHTML = icon('file');
        line.append(a);
        list.push(line);
    }
    if (m.document) {
        const line = make('div', 'card-line'), a = make('a', '', m.document.file_name || 'файл');
        a.href = `/control/file?n=${m.file}`;
        a.download = m.document.file_name || 'file';
        line.innerHTML = icon('file');
        line.append(a);
        list.push(line);
    }
    if (m.contact) {
        const line = make('div', 'card-line');
        line.append(face(m.contact.user_id || 0, m.contact.first_name, true), `${m.contact.first_name}, +${m.contact.phone_number}`);
        list.push(line);
    }
    return list;
}

// mine: sent by the person whose screen this is; quoted: the message replied to.
export function message(m, mine, quoted, on) {
    const box = make('div', mine ? 'msg mine' : 'msg'), stack = make('div', 'stack'), bubble = make('div', 'bubble');
    const text = m.text ?? m.caption ?? '';
    box.dataset.id = m.message_id;
    if (quoted)
        bubble.append(make('div', 'quote', quoted.text || quoted.caption || 'Фото'));
    const media = attachments(m, on);
    bubble.append(...(m.show_caption_above_media ? [] : media));
    if (text)
        bubble.append(words(text, m.entities || m.caption_entities, on));
    bubble.append(...(m.show_caption_above_media ? media : []));
    bubble.append(meta(m, mine));
    stack.append(bubble);
    if (m.reply_markup && m.reply_markup.inline_keyboard)
        stack.append(rows('buttons', m.reply_markup.inline_keyboard, (b) => inlineButton(m, b, on)));
    box.append(stack);
    return box;
}
