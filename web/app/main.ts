import { onSignInNeeded, subscribe } from './graphql.ts';
import { NOTIFIED } from './operations.ts';
import { browsePage } from './pages/browse.ts';
import { failedPage } from './pages/failed.ts';
import type { Page } from './pages/page.ts';
import { titlePage } from './pages/title.ts';
import { watchPage } from './pages/watch.ts';
import { watchlistPage } from './pages/watchlist.ts';
import type { createPeople } from './people/people.ts';
import { setTokenProfile } from './player/watcher.ts';
import { accountButton } from './sign-in/account-button.ts';
import { session } from './sign-in/session.ts';
import { signInPage } from './sign-in/sign-in-page.ts';
import { enableArrowKeys } from './ui/arrow-keys.ts';
import { enableBackKeys } from './ui/back-keys.ts';
import { toast } from './ui/dom.ts';
import { currentEntry } from './ui/entries.ts';
import { sentence } from './ui/format.ts';
import { createKeptPages } from './ui/kept-pages.ts';
import { enableSearch } from './ui/search.ts';

const SIGN_IN = '#/sign-in';
/** Kept over a reload: that nobody is signed in any more, though nobody signed out on this page. */
const SIGNED_OUT = 'giggityflix-signed-out';

const main = document.getElementById('main') as HTMLElement;
const search = document.getElementById('search') as HTMLInputElement;
let current: { entry: string; page: Page } | null = null;
const kept = createKeptPages();
let navigation = 0;

/** Null where there are no profiles. */
let people: ReturnType<typeof createPeople> | null = null;

async function pageOf(route: string): Promise<Page> {
  const page = await people?.pageOf(route);
  if (page) return page;
  const [, name, argument = ''] = /^#?\/(title|watch|search)\/(.+)$/.exec(route) ?? [];
  const value = decodeURIComponent(argument);
  if (route === SIGN_IN) return askToSignIn('#/', 'What you watch, and how far, is then kept for you.');
  if (route === '#/watchlist') return watchlistPage();
  if (name === 'title') return titlePage(value);
  if (name === 'watch') return watchPage(value);
  return browsePage(name === 'search' ? value : '');
}

async function show(open: (route: string) => Promise<Page> = pageOf): Promise<void> {
  const mine = ++navigation;
  const [entry, from] = [currentEntry(), current];
  current = null;
  // The page of an entry that is shown again is made anew.
  if (from?.entry === entry) from.page.leave?.();
  else if (from) kept.leave(from.entry, from.page);
  const back = open === pageOf ? kept.take(entry) : null;
  main.setAttribute('aria-busy', 'true');
  let page: Page;
  try {
    page = back?.page ?? (await open(location.hash));
  } catch (error) {
    page = failedPage(error as Error, {
      open: () => open(location.hash),
      show(found) {
        current?.page.leave?.();
        put(entry, found);
      },
    });
  }
  if (mine !== navigation) return page.leave?.();
  put(entry, page);
  if (back) {
    page.resume?.();
    if (back.focus instanceof HTMLElement) back.focus.focus({ preventScroll: true });
    return scrollTo(0, back.scroll);
  }
  // Whoever follows a link is led to where it leads; the arrow keys and Tab go on from there.
  const isFirst = mine === 1;
  if (page.isFullScreen) main.querySelector('video')?.focus({ preventScroll: true });
  else if (!isFirst && document.activeElement !== search) main.focus({ preventScroll: true });
  if (!isFirst) scrollTo(0, 0);
}

function put(entry: string, page: Page): void {
  current = { entry, page };
  document.title = page.title;
  document.body.classList.toggle('watching', page.isFullScreen ?? false);
  main.replaceChildren(page.element);
  main.removeAttribute('aria-busy');
}

/** Pages that ask to sign in. */
const asking = new WeakSet<Page>();

async function askToSignIn(route: string, reason: string): Promise<Page> {
  const page = signInPage(await session, { route, reason });
  asking.add(page);
  return page;
}

/** Some of what the page shows is for people who signed in: those who have not are asked to, and led back. */
async function onUnauthenticated(): Promise<void> {
  const known = await session;
  if (!known.isOffered) return;
  await known.refused();
  // Several requests may be refused, some after the sign-in has begun.
  if (current && asking.has(current.page)) return;
  await show((route) => askToSignIn(route, 'This needs to know who you are.'));
}

enableSearch(search);
document.querySelector('.skip')?.addEventListener('click', (event) => {
  // An address of its own would lead to another page.
  event.preventDefault();
  main.focus();
});
addEventListener('hashchange', () => void show());
enableArrowKeys();
enableBackKeys();

/** Shows what someone asked to be notified of; only now, as the socket belongs to who opens it. */
function announceWatchable(): void {
  subscribe(
    NOTIFIED,
    {},
    {
      next({ catalogSubscriptionMatched: { catalogId, file } }) {
        toast(`${file?.title.name ?? 'What you asked for'} can be watched now`, `#/watch/${catalogId}`);
      },
    },
  );
}

async function start(): Promise<void> {
  const known = await session;
  const failure = await known.returned().then(
    (route) => {
      if (route !== null) history.replaceState(null, '', `/${route}`);
    },
    (error: unknown) => sentence((error as Error).message),
  );
  setTokenProfile(known.profileId());
  const bar = document.querySelector('header.bar');
  if (known.hasPeople && known.isSignedIn()) {
    const { createPeople } = await import('./people/people.ts');
    people = createPeople(known);
    bar?.append(...(await people.headerLinks().catch(() => [])));
    document.body.classList.toggle('kids', await people.isForKids().catch(() => false));
  }
  const account = accountButton(known, () => {
    location.hash = SIGN_IN;
  });
  if (account && !document.querySelector('.who')) bar?.append(account);
  // What is on the page, and its subscriptions, belong to who was there before.
  known.onChange(() => {
    if (!known.isSignedIn()) sessionStorage.setItem(SIGNED_OUT, '');
    location.reload();
  });
  // A film that may still be watched plays on; one that may not is ended by the platform.
  known.onLimitsChanged(() => {
    kept.clear();
    if (!current?.page.isFullScreen) void show();
  });
  onSignInNeeded(() => void onUnauthenticated());
  announceWatchable();
  const wasSignedOut = sessionStorage.getItem(SIGNED_OUT) !== null && !known.isSignedIn();
  sessionStorage.removeItem(SIGNED_OUT);
  if (failure) await show(() => askToSignIn('#/', `Signing in did not work: ${failure}`));
  else if (wasSignedOut)
    await show((route) => askToSignIn(route, 'This device was signed out. Sign in again to go on.'));
  else await show();
}

void start();
