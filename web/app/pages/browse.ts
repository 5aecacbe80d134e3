import { request } from '../graphql.ts';
import { BROWSE, type BrowseResult, type Title } from '../operations.ts';
import { ofWatcher } from '../player/watcher.ts';
import { watchAvailability } from '../ui/availability.ts';
import { type Card, createCard } from '../ui/card.ts';
import { h } from '../ui/dom.ts';
import { showContinueWatching } from './continue-watching.ts';
import type { Page } from './page.ts';
import { showWatchlist } from './watchlist.ts';

const PAGE_SIZE = 48;
/** How often the list is looked at again for new titles. */
const REFRESH_MS = 3_000;

/** All titles, or those a search finds. */
export async function browsePage(search: string): Promise<Page> {
  const cards = new Map<string, Card>();
  const grid = h('div', { class: 'grid' });
  const more = h('button', { class: 'button', hidden: true, onclick: () => void load() }, 'Show more');
  const count = h('p', { class: 'count', role: 'status' });
  const resume = h('section', { hidden: true });
  const watchlist = h('section', { hidden: true });
  // Trailers and the like are shown with their films; who searches finds them all the same.
  const filter = search === '' ? { extra: false } : { search };
  let cursor: string | null = null;
  let stopWatching = () => {};

  const watch = (titles: Title[]) => {
    stopWatching();
    stopWatching = watchAvailability(
      titles.flatMap(({ files }) => files.map(({ catalogId }) => catalogId)),
      (catalogId, availability) => {
        for (const card of cards.values()) card.setAvailability(catalogId, availability);
      },
    );
  };
  const shown: Title[] = [];
  const load = async () => {
    const { titles } = await request<BrowseResult>(
      BROWSE,
      { ...ofWatcher(), first: PAGE_SIZE, after: cursor, filter },
      { isPartial: true },
    );
    cursor = titles.pageInfo.endCursor;
    more.hidden = !titles.pageInfo.hasNextPage;
    add(
      titles.edges.map(({ node }) => node),
      false,
    );
    count.textContent = describeCount(titles.totalCount, search);
  };
  const add = (titles: Title[], first: boolean) => {
    const fresh = titles.filter(({ id }) => !cards.has(id));
    for (const title of fresh) {
      const card = createCard(title);
      cards.set(title.id, card);
      if (first) grid.prepend(card.element);
      else grid.append(card.element);
    }
    if (fresh.length === 0) return;
    shown.push(...fresh);
    watch(shown);
  };
  const refresh = async () => {
    const { titles } = await request<BrowseResult>(BROWSE, { ...ofWatcher(), first: PAGE_SIZE, filter });
    add(
      titles.edges.map(({ node }) => node),
      true,
    );
    count.textContent = describeCount(titles.totalCount, search);
  };

  await load();
  if (search === '') {
    void showContinueWatching(resume).catch(() => {});
    void showWatchlist(watchlist).catch(() => {});
  }
  const timer = setInterval(() => {
    if (!document.hidden) refresh().catch(() => {});
  }, REFRESH_MS);
  return {
    title: search === '' ? 'Giggityflix' : `${search} · Giggityflix`,
    element: h(
      'div',
      { class: 'browse' },
      h('h1', { class: 'hidden' }, 'Giggityflix'),
      resume,
      watchlist,
      h('h2', { class: 'large' }, search === '' ? 'Titles' : `Results for “${search}”`),
      count,
      grid,
      more,
    ),
    leave() {
      clearInterval(timer);
      stopWatching();
    },
  };
}

function describeCount(count: number, search: string): string {
  if (count > 0) return count === 1 ? '1 title' : `${count} titles`;
  return search === '' ? 'No titles yet. They appear here as soon as a peer shares one.' : 'Nothing found.';
}
