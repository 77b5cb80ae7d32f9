// A customer's phone and a cashier's, side by side: each half is the page in a frame.
import { make, nameOf } from './render.js';

// Somebody of that role: who talks to the bot already, or else reads Russian.
export function someone(people, role, bot) {
    const of = people.filter((p) => p.role === role);
    return of.find((p) => p[bot] === 'started') || of.find((p) => p.id === 7012345678) || of.find((p) => p.username) || of[0] || people[0];
}

function half(person, key, what) {
    const box = make('section'), title = make('h2'), frame = make('iframe');
    frame.src = `/?as=${person.id}&bot=${key}&embed=1`;
    frame.title = nameOf(person);
    title.append(nameOf(person), make('span', '', what));
    box.append(title, frame);
    return { box, frame, title };
}

export function split(people, query) {
    const asked = (name, role, bot) => people.find((p) => String(p.id) === query.get(name)) || someone(people, role, bot);
    const left = half(asked('left', 'Покупатель', 'client'), 'client', 'телефон покупателя');
    const right = half(asked('right', 'Кассир', 'auth'), 'auth', 'телефон кассира');
    const root = document.getElementById('demo');
    root.hidden = false;
    root.append(left.box, right.box);
    // Who points the camera at one phone sees the rest on the other.
    addEventListener('message', (e) => {
        if (e.origin !== location.origin || !e.data.open)
            return;
        const { as, bot } = e.data.open, to = e.source === left.frame.contentWindow ? right : left;
        const p = people.find((x) => x.id === as);
        to.frame.src = `/?as=${as}&bot=${bot}&embed=1`;
        to.title.firstChild.textContent = p ? nameOf(p) : String(as);
        to.box.scrollIntoView({ behavior: 'smooth', inline: 'center' });
    });
}
