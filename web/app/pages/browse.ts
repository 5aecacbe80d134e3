import { request } from '../graphql.ts';
import {
  BROWSE,
  type BrowseResult,
  CONTINUE_WATCHING,
  type ContinueWatchingResult,
  type Title,
} from '../operations.ts';
import { ofWatcher } from '../player/watcher.ts';
import { watchAvailability } from '../ui/availability.ts';
import { artwork, type Card, createCard } from '../ui/card.ts';
import { h } from '../ui/dom.ts';
import { clock } from '../ui/format.ts';
import type { Page } from './page.ts';

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
    const { titles } = await request<BrowseResult>(BROWSE, {
      ...ofWatcher(),
      first: PAGE_SIZE,
      after: cursor,
      filter,
    });
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
  if (search === '') void showResume(resume).catch(() => {});
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

async function showResume(section: HTMLElement): Promise<void> {
  const { continueWatching } = await request<ContinueWatchingResult>(CONTINUE_WATCHING, {
    ...ofWatcher(),
    first: 12,
  });
  const begun = continueWatching.filter(
    ({ completed, file, positionSeconds }) => !completed && file && positionSeconds > 1,
  );
  if (begun.length === 0) return;
  const items = begun.map(({ catalogId, positionSeconds, file }) => {
    const part = file!.durationSeconds ? (100 * positionSeconds) / file!.durationSeconds : 0;
    return h(
      'a',
      { class: 'card wide', href: `#/watch/${catalogId}` },
      h(
        'div',
        { class: 'poster' },
        artwork(file!.title),
        h('div', { class: 'played', style: `--played: ${part}%` }),
      ),
      h('h3', {}, file!.title.name),
      h('p', { class: 'facts' }, `from ${clock(positionSeconds)}`),
    );
  });
  section.replaceChildren(h('h2', {}, 'Continue watching'), h('div', { class: 'row' }, items));
  section.hidden = false;
}

function describeCount(count: number, search: string): string {
  if (count > 0) return count === 1 ? '1 title' : `${count} titles`;
  return search === '' ? 'No titles yet. They appear here as soon as a peer shares one.' : 'Nothing found.';
}
