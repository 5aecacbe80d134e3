import { request } from '../graphql.ts';
import type { Page } from '../pages/page.ts';
import { h } from '../ui/dom.ts';
import { all } from './all.ts';
import { checkbox, field } from './fields.ts';
import { listLibraries } from './list-libraries.ts';
import { CONNECTED_PEERS, DELETE_LIBRARY, type Library, PEERS_OF_HOUSE, SAVE_LIBRARY } from './operations.ts';
import { attempting } from './rows.ts';

/** What accounts may be limited to: parts of the catalog, by peer and folder. */
export async function librariesPage(): Promise<Page> {
  const [libraries, members, connected] = await Promise.all([
    listLibraries(),
    all(PEERS_OF_HOUSE),
    all(CONNECTED_PEERS),
  ]);
  const known = new Map([...connected, ...members].map(({ peerId, name }) => [peerId, name ?? peerId]));
  // One that is not there any more may be in a library all the same.
  for (const { peers, folders } of libraries)
    for (const peerId of [...peers, ...folders.map((each) => each.peerId)])
      if (!known.has(peerId)) known.set(peerId, peerId);
  const list = h('div', { class: 'fields-down' });
  const add = (library: Library) => list.append(librarySection(library, known));
  libraries.forEach(add);
  const made = librarySection(null, known, add);
  return {
    title: 'Libraries · Giggityflix',
    element: h(
      'section',
      { class: 'narrow' },
      h('a', { class: 'quiet', href: '#/account' }, '← Account'),
      h('h1', {}, 'Libraries'),
      h('p', { class: 'facts' }, 'People can be limited to libraries. Who is not limited sees all titles.'),
      list,
      made,
    ),
  };
}

/** One library to change, or for null one to make, which `onMade` is given. */
function librarySection(
  library: Library | null,
  peers: ReadonlyMap<string, string>,
  onMade: (library: Library) => void = () => {},
): HTMLElement {
  const trouble = h('p', { role: 'alert', class: 'trouble' });
  const attempt = attempting(trouble);
  const name = h('input', { required: true, maxlength: 100, value: library?.name, autocomplete: 'off' });
  const sources = [...peers].map(([peerId, peerName]) => {
    const whole = checkbox(`Everything of ${peerName}`, library?.peers.includes(peerId) ?? false);
    const folders = h('textarea', { rows: 2, placeholder: 'Films/Kids' });
    folders.value = (library?.folders ?? [])
      .filter((each) => each.peerId === peerId)
      .map(({ folder }) => folder)
      .join('\n');
    const only = field(`Or folders of ${peerName}, one in a line`, folders);
    const adapt = () => {
      only.hidden = whole.input.checked;
    };
    whole.input.addEventListener('change', adapt);
    adapt();
    return { peerId, whole, folders, element: h('div', { class: 'fields-down' }, whole.element, only) };
  });
  const contents = () => ({
    peers: sources.filter(({ whole }) => whole.input.checked).map(({ peerId }) => peerId),
    folders: sources
      .filter(({ whole }) => !whole.input.checked)
      .flatMap(({ peerId, folders }) =>
        folders.value
          .split('\n')
          .map((folder) => folder.trim())
          .filter((folder) => folder !== '')
          .map((folder) => ({ peerId, folder })),
      ),
  });
  const remove = h(
    'button',
    {
      class: 'button',
      type: 'button',
      onclick: attempt(async () => {
        if (!confirm(`Delete ${library!.name}? Who is limited to it sees nothing of it any more.`)) return;
        await request(DELETE_LIBRARY, { id: library!.id });
        element.remove();
      }),
    },
    'Delete',
  );
  const form = h(
    'form',
    { class: 'form' },
    field('Name', name),
    sources.length > 0
      ? sources.map(({ element }) => element)
      : h('p', { class: 'facts' }, 'No peer shares films here yet.'),
    trouble,
    h('div', { class: 'actions' }, h('button', { class: 'button primary' }, 'Save'), library && remove),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(async () => {
      const id = library?.id ?? slugOf(name.value);
      const { outcome } = await request(SAVE_LIBRARY, {
        input: { id, name: name.value.trim(), ...contents() },
      });
      if (library) heading.textContent = outcome.library.name;
      else {
        onMade(outcome.library);
        form.reset();
      }
      details.open = false;
    })();
  });
  const heading = h('h2', {}, library?.name ?? 'New library');
  const details = h(
    'details',
    {},
    h('summary', { class: 'button' }, library ? 'Change' : 'Make a library'),
    form,
  );
  const element = h('section', {}, heading, details);
  return element;
}

/** An id that says what the library is called, where its letters allow that; never one that there is already. */
function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 50);
  const suffix = Date.now().toString(36).slice(-5);
  return plain === '' ? `library-${suffix}` : `${plain}-${suffix}`;
}
