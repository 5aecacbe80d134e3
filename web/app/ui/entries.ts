/** What an entry of the browser's history says of itself; others' may hold anything. */
interface EntryState {
  entry?: unknown;
  depth?: unknown;
}

const HOME = '#/';

/** Entries of this site before the one shown, as far as is known: going back over them stays here. */
let depth = -1;

/** Names the entry that is shown now; it keeps its name as long as the history does. */
export function currentEntry(): string {
  const state = (history.state ?? {}) as EntryState;
  depth = typeof state.depth === 'number' ? state.depth : depth + 1;
  if (typeof state.entry === 'string') return state.entry;
  const entry = String(performance.timeOrigin + performance.now());
  history.replaceState({ entry, depth }, '');
  return entry;
}

/** Gives the entry that is shown another address, without showing what is there. */
export function renameEntry(route: string): void {
  history.replaceState({ ...(history.state as EntryState | null), depth: Math.max(0, depth) }, '', route);
}

/** Shows another page in the place of this one: going back leads to what was before both. */
export function replacePage(route: string): void {
  renameEntry(route);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/**
 * Goes back, and never out of the site: from a page that someone came to from elsewhere to the one `above` it, and from the
 * home page nowhere.
 */
export function goBack(above = HOME): void {
  if (depth > 0) history.back();
  else if (location.hash !== above && location.hash !== '') replacePage(above);
}
