import { request } from '../graphql.ts';
import { BROWSE, type BrowseQuery, type Title } from '../operations.ts';
import { withLeftOff } from '../player/left-off.ts';
import { ofWatcher } from '../player/watcher.ts';
import { watchAvailability } from '../ui/availability.ts';
import { type Card, createCard } from '../ui/card.ts';
import { h } from '../ui/dom.ts';

const PAGE_SIZE = 48;
/** How often it is asked whether there are more or fewer titles. */
const LOOK_MS = 5_000;
/** Also looked at when their number is the same, as one may have come for another. */
const LOOK_ALL_MS = 60_000;
/** So many pages from the beginning on are kept as the catalog has them. */
const PAGES_KEPT_CURRENT = 10;
/** The next page is loaded when its place is so near. */
const NEAR = '800px';

type Filter = { search: string } | { extra: boolean };

/** Titles in the order of the catalog, loaded as one comes near them, and kept as the catalog has them. */
export interface TitleList {
  elements: HTMLElement[];
  /** Loads the first page. */
  load(): Promise<void>;
  pause(): void;
  resume(): void;
}

export function createTitleList(filter: Filter, describe: (count: number) => string): TitleList {
  const cards = new Map<string, Card>();
  /** What each card shows. */
  const texts = new Map<string, string>();
  const grid = h('div', { class: 'grid' });
  const count = h('p', { class: 'count', role: 'status' });
  const more = h(
    'button',
    { class: 'button', type: 'button', hidden: true, onclick: () => void loadNext() },
    'Show more',
  );
  let cursor: string | null = null;
  let pages = 0;
  /**
   * How many titles there were before what is shown was read; null where that is not known. A number that comes with a page may be
   * later than the page, which lacks what has come between the two.
   */
  let counted: number | null = null;
  let lastFullLook = performance.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  let stopWatching = () => {};
  /** One reading after the other: each works on what the one before has left. */
  let reading: Promise<void> = Promise.resolve();

  const read = async (after: string | null, first = PAGE_SIZE) =>
    (await request(BROWSE, { ...ofWatcher(), first, after, filter }, { isPartial: true })).titles;

  const watch = () => {
    stopWatching();
    stopWatching = () => {};
    // A reading may end after the page was left.
    if (timer === undefined) return;
    const catalogIds = [...cards.values()].flatMap((card) => card.catalogIds);
    stopWatching = watchAvailability(catalogIds, (catalogId, availability) => {
      for (const card of cards.values()) card.setAvailability(catalogId, availability);
    });
  };
  const say = (now: number) => {
    const text = describe(now);
    if (count.textContent !== text) count.textContent = text;
  };
  const cardOf = (title: Title): Card => {
    const [known, text] = [cards.get(title.id), JSON.stringify(title)];
    if (known && texts.get(title.id) === text) {
      // It may have been told otherwise since, or not have been told.
      for (const { catalogId, availability } of title.files) known.setAvailability(catalogId, availability);
      return known;
    }
    const card = createCard(title);
    cards.set(title.id, card);
    texts.set(title.id, text);
    if (known) {
      const hasFocus = known.element === document.activeElement;
      known.element.replaceWith(card.element);
      if (hasFocus) card.element.focus({ preventScroll: true });
    }
    return card;
  };

  const countNow = async () => (await read(null, 1)).totalCount;

  const addNext = async () => {
    const titles = await read(cursor);
    cursor = titles.pageInfo.endCursor ?? cursor;
    pages += 1;
    const fresh = titles.edges
      .filter(({ node }) => !cards.has(node.id))
      .map(({ node }) => cardOf(withLeftOff(node)));
    grid.append(...fresh.map(({ element }) => element));
    more.hidden = !titles.pageInfo.hasNextPage;
    if (more.hidden && cards.size === titles.totalCount) counted = cards.size;
    say(titles.totalCount);
    if (fresh.length > 0) watch();
  };

  /** Reads again what is shown, and puts in and takes out what has come and gone. @param before the number of titles until now */
  const readAgain = async (before: number) => {
    lastFullLook = performance.now();
    const wanted = Math.min(pages, PAGES_KEPT_CURRENT);
    const now: Title[] = [];
    let after: string | null = null;
    let isEnd = false;
    let found = before;
    for (let page = 0; page < wanted && !isEnd; page += 1) {
      const titles: BrowseQuery['titles'] = await read(after);
      now.push(...titles.edges.map(({ node }) => withLeftOff(node)));
      after = titles.pageInfo.endCursor ?? after;
      isEnd = !titles.pageInfo.hasNextPage;
      found = titles.totalCount;
    }
    say(found);
    const isAll = wanted === pages || isEnd;
    const ids = new Set(now.map(({ id }) => id));
    const shown = now.map((title) => cardOf(title).element);
    let at = grid.firstElementChild;
    for (const element of shown) {
      if (element === at) at = at.nextElementSibling;
      // One that is moved would lose the focus.
      else if (element !== document.activeElement) grid.insertBefore(element, at);
    }
    // Of pages behind those that were read again nothing is known.
    const last = shown.at(-1);
    for (const [id, card] of cards) {
      const isBehind = last && last.compareDocumentPosition(card.element) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (ids.has(id) || (!isAll && isBehind)) continue;
      card.element.remove();
      cards.delete(id);
      texts.delete(id);
    }
    if (isAll) {
      cursor = after;
      more.hidden = isEnd;
    }
    counted = before;
    watch();
  };

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = reading.then(work);
    reading = done.catch(() => {});
    return done;
  };
  /** What fails is tried again when the list is looked at next, or by the button. */
  const loadNext = () =>
    inTurn(async () => {
      if (!more.hidden) await addNext();
    }).then(observe, () => {});
  const look = () =>
    inTurn(async () => {
      if (document.hidden || pages === 0) return;
      const now = await countNow();
      if (now !== counted || performance.now() - lastFullLook > LOOK_ALL_MS) await readAgain(now);
      observe();
    }).catch(() => {});
  const near = new IntersectionObserver(
    (entries) => {
      // The last one is how it is now.
      if (entries.at(-1)?.isIntersecting) void loadNext();
    },
    { rootMargin: NEAR },
  );
  /** Anew, as one that stays near is reported once. */
  const observe = () => {
    near.unobserve(more);
    if (timer !== undefined) near.observe(more);
  };
  const resume = () => {
    timer ??= setInterval(() => void look(), LOOK_MS);
    observe();
    watch();
  };
  return {
    elements: [count, grid, more],
    async load() {
      await inTurn(addNext);
      resume();
    },
    pause() {
      clearInterval(timer);
      timer = undefined;
      near.disconnect();
      watch();
    },
    resume() {
      resume();
      void inTurn(async () => readAgain(await countNow())).catch(() => {});
    },
  };
}
