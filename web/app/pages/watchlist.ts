import { request } from '../graphql.ts';
import { type Title, WATCHLIST } from '../operations.ts';
import { withLeftOff } from '../player/left-off.ts';
import { ofWatcher } from '../player/watcher.ts';
import { watchAvailability } from '../ui/availability.ts';
import { createCard } from '../ui/card.ts';
import { h, toast } from '../ui/dom.ts';
import { fillRow } from '../ui/row.ts';
import type { Page } from './page.ts';

const PAGE_SIZE = 48;
/** Of the row among others. */
const ROW_SIZE = 12;

/** Fills a section with the latest of the watchlist; it is hidden where there is nothing. */
export async function showWatchlist(section: HTMLElement): Promise<void> {
  const { titles } = await readPage(ROW_SIZE, null, new Set());
  fillRow(
    section,
    h('a', { href: '#/watchlist' }, 'Your watchlist'),
    titles.map((title) => createCard(title).element),
  );
}

/** All that someone keeps to watch, the latest first. */
export async function watchlistPage(): Promise<Page> {
  const known = new Set<string>();
  const cards: ReturnType<typeof createCard>[] = [];
  const stops: (() => void)[] = [];
  const grid = h('div', { class: 'grid' });
  const empty = h('p', { class: 'count' }, 'Nothing yet. What you add to it on the page of a title is here.');
  let cursor: string | null = null;
  let isLeft = false;
  const more = h(
    'button',
    {
      class: 'button',
      type: 'button',
      onclick: () => load().catch((error: Error) => toast(`That did not work: ${error.message}`)),
    },
    'Show more',
  );
  const load = async () => {
    const { titles, pageInfo } = await readPage(PAGE_SIZE, cursor, known);
    if (isLeft) return;
    const fresh = titles.map(createCard);
    cards.push(...fresh);
    grid.append(...fresh.map(({ element }) => element));
    stops.push(
      watchAvailability(
        titles.flatMap(({ files }) => files.map(({ catalogId }) => catalogId)),
        (catalogId, availability) => {
          for (const card of fresh) card.setAvailability(catalogId, availability);
        },
      ),
    );
    cursor = pageInfo.endCursor;
    more.hidden = !pageInfo.hasNextPage;
    empty.hidden = cards.length > 0 || pageInfo.hasNextPage;
  };
  await load();
  return {
    title: 'Your watchlist · Giggityflix',
    element: h(
      'div',
      { class: 'browse' },
      h('h1', { class: 'large' }, 'Your watchlist'),
      h('h2', { class: 'hidden' }, 'Titles'),
      empty,
      grid,
      more,
    ),
    leave() {
      isLeft = true;
      for (const stop of stops) stop();
    },
  };
}

/** The titles of a page of the watchlist that are not `known`, which they are then. */
async function readPage(first: number, after: string | null, known: Set<string>) {
  const { watchlist } = await request(WATCHLIST, { ...ofWatcher(), first, after }, { isPartial: true });
  const titles: Title[] = [];
  for (const { node } of watchlist.edges) {
    const title = node.file?.title;
    // Two versions of one film are one title.
    if (!title || known.has(title.id)) continue;
    known.add(title.id);
    titles.push(withLeftOff(title));
  }
  return { titles, pageInfo: watchlist.pageInfo };
}
