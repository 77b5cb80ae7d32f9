// Everything that opens over the chat: lists, forms, alerts, and toasts.
import { face, icon, make, nameOf } from './render.js';

const sheet = document.getElementById('sheet'), card = sheet.firstElementChild;

export function close() {
    sheet.hidden = true;
    card.className = 'card';
}
// A handler that returns false would swallow the submit button's click.
sheet.onclick = (e) => { if (e.target === sheet) close(); };
document.addEventListener('keydown', (e) => e.key === 'Escape' && close());

function open(title, ...parts) {
    document.getElementById('toasts').replaceChildren();
    card.className = 'card';
    card.replaceChildren(...(title ? [make('h2', '', title)] : []), ...parts);
    sheet.hidden = false;
    card.scrollTop = 0;
}

export function toast(text) {
    const e = make('div', '', text);
    document.getElementById('toasts').replaceChildren(e);
    setTimeout(() => e.remove(), 2600 + text.length * 25);
}

export function alertBox(text) {
    const end = make('div', 'end'), ok = make('button', '', 'Понятно');
    ok.onclick = close;
    end.append(ok);
    const p = make('p', '', text);
    p.style.paddingTop = '18px';
    open('', p, end);
    ok.focus();
}

// [{icon, text, code, danger, act}]
export function menu(title, items) {
    open(title, ...items.map((i) => {
        const b = make('button', i.danger ? 'act danger' : 'act');
        b.innerHTML = i.icon ? icon(i.icon) : '';
        b.append(make('span', '', i.text));
        if (i.code)
            b.append(make('code', '', i.code));
        b.onclick = () => { close(); i.act(); };
        return b;
    }));
}

export function personRow(p, on, pick, note) {
    const b = make('button', on ? 'row on' : 'row'), lines = make('span', 'lines');
    lines.append(make('b', '', nameOf(p)), make('span', '', note || p.role || 'Покупатель'));
    b.append(face(p.id, nameOf(p)), lines);
    b.onclick = pick;
    return b;
}

// People by role; unread: id -> count; pick(person); add: opens the form.
export function people(title, list, me, unread, pick, add) {
    const parts = [];
    const roles = [...new Set(list.map((p) => p.role || 'Покупатель'))];
    for (const role of roles) {
        parts.push(make('h3', '', role));
        for (const p of list.filter((x) => (x.role || 'Покупатель') === role)) {
            const note = [p.username && `@${p.username}`, p.language_code, `id ${p.id}`].filter(Boolean).join(' · ');
            const row = personRow(p, p.id === me, () => { close(); pick(p); }, note);
            if (unread && unread(p.id))
                row.append(make('span', 'badge', String(unread(p.id))));
            parts.push(row);
        }
    }
    if (add) {
        const b = make('button', 'act');
        b.innerHTML = icon('add');
        b.append(make('span', '', 'Добавить человека'));
        b.onclick = add;
        parts.push(b);
    }
    open(title, ...parts);
}

function field(form, label, name, control) {
    const l = make('label', '', label);
    control.name = name;
    l.append(control);
    form.append(l);
    return control;
}

function choice(options) {
    const s = make('select');
    for (const [value, text] of options) {
        const o = make('option', '', text);
        o.value = value;
        s.append(o);
    }
    return s;
}

export function addPerson(save) {
    const form = make('form'), go = make('button', 'go', 'Добавить');
    field(form, 'Имя', 'first_name', make('input')).required = true;
    field(form, 'Фамилия', 'last_name', make('input'));
    field(form, 'Язык телефона', 'language_code', choice([['ru', 'русский'], ['en', 'английский'], ['uk', 'украинский'], ['kk', 'казахский'], ['', 'не сообщает']]));
    field(form, 'Кто это', 'role', choice([['Покупатель', 'Покупатель'], ['Кассир', 'Кассир'], ['Владелец', 'Владелец']]));
    form.append(go);
    form.onsubmit = (e) => {
        e.preventDefault();
        close();
        save(Object.fromEntries(new FormData(form)));
    };
    open('Новый человек', form);
    form.elements.first_name.focus();
}

export function gallery(title, photos, pick) {
    const grid = make('div', 'gallery');
    for (const p of photos) {
        const b = make('button'), img = make('img');
        img.src = `/control/file?n=${p.file}`;
        img.alt = p.person;
        b.append(img, make('span', '', p.person));
        b.onclick = () => { close(); pick(p.file); };
        grid.append(b);
    }
    open(title, photos.length ? grid : make('p', '', 'Пока ни в одном чате нет картинок.'));
}

export function zoom(file, caption, camera) {
    const img = make('img'), end = make('div', 'end'), shot = make('button', '', 'Открыть камерой'), ok = make('button', '', 'Закрыть');
    img.src = `/control/file?n=${file}`;
    img.alt = caption || 'Фото';
    shot.onclick = () => { close(); camera(); };
    ok.onclick = close;
    end.append(shot, ok);
    open('', img, end);
    card.className = 'card big';
}
