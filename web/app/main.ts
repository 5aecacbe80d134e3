import { subscribe } from './graphql.ts';
import { NOTIFIED, type NotifiedEvent } from './operations.ts';
import { browsePage } from './pages/browse.ts';
import type { Page } from './pages/page.ts';
import { titlePage } from './pages/title.ts';
import { watchPage } from './pages/watch.ts';
import { enableArrowKeys } from './ui/arrow-keys.ts';
import { h, message, toast } from './ui/dom.ts';
import { sentence } from './ui/format.ts';

/** How long the search waits for the next letter. */
const TYPING_PAUSE_MS = 250;

const main = document.getElementById('main') as HTMLElement;
const search = document.getElementById('search') as HTMLInputElement;
let current: Page | null = null;
let navigation = 0;

function open(route: string): Promise<Page> {
  const [, name, argument = ''] = /^#?\/(title|watch|search)\/(.+)$/.exec(route) ?? [];
  const value = decodeURIComponent(argument);
  if (name === 'title') return titlePage(value);
  if (name === 'watch') return watchPage(value);
  return browsePage(name === 'search' ? value : '');
}

async function show(): Promise<void> {
  const mine = ++navigation;
  current?.leave?.();
  current = null;
  main.setAttribute('aria-busy', 'true');
  let page: Page;
  try {
    page = await open(location.hash);
  } catch (error) {
    page = {
      title: 'Giggityflix',
      element: message(
        'That did not work',
        sentence((error as Error).message),
        h('button', { class: 'button', onclick: () => void show() }, 'Try again'),
      ),
    };
  }
  if (mine !== navigation) return page.leave?.();
  current = page;
  document.title = page.title;
  document.body.classList.toggle('watching', page.isFullScreen ?? false);
  main.replaceChildren(page.element);
  main.removeAttribute('aria-busy');
  // Whoever follows a link is led to where it leads; the arrow keys and Tab go on from there.
  const isFirst = mine === 1;
  if (page.isFullScreen) main.querySelector('video')?.focus({ preventScroll: true });
  else if (!isFirst && document.activeElement !== search) main.focus({ preventScroll: true });
  if (!isFirst) scrollTo(0, 0);
}

let typing: ReturnType<typeof setTimeout> | undefined;
search.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const text = search.value.trim();
    location.hash = text === '' ? '#/' : `#/search/${encodeURIComponent(text)}`;
  }, TYPING_PAUSE_MS);
});
search.form?.addEventListener('submit', (event) => event.preventDefault());
addEventListener('hashchange', () => void show());
enableArrowKeys();
subscribe<NotifiedEvent>(
  NOTIFIED,
  {},
  {
    next({ catalogSubscriptionMatched: { catalogId, file } }) {
      toast(`${file.title.name} can be watched now`, `#/watch/${catalogId}`);
    },
  },
);
void show();
