import { replacePage } from './entries.ts';

/** How long the search waits for the next letter. */
const TYPING_PAUSE_MS = 250;
const RESULTS = '#/search/';

/** Leads to the results of what is typed, and empties the box for who leaves them. */
export function enableSearch(box: HTMLInputElement): void {
  let typing: ReturnType<typeof setTimeout> | undefined;
  /** Where the search leads, until the page is there: more may be typed meanwhile. */
  let leading: string | null = null;
  box.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      const text = box.value.trim();
      const next = text === '' ? '#/' : RESULTS + encodeURIComponent(text);
      if (location.hash === next) return;
      leading = next;
      // All that is typed is one search: going back leads to what was before it.
      if (location.hash.startsWith(RESULTS)) replacePage(next);
      else location.hash = next;
    }, TYPING_PAUSE_MS);
  });
  box.form?.addEventListener('submit', (event) => event.preventDefault());
  const follow = () => {
    const isOurs = location.hash === leading;
    leading = null;
    if (isOurs) return;
    // Whoever goes elsewhere while the search still waits is not led to its results.
    clearTimeout(typing);
    const shown = location.hash.startsWith(RESULTS) ? wordsOf(location.hash.slice(RESULTS.length)) : '';
    if (box.value.trim() !== shown) box.value = shown;
  };
  addEventListener('hashchange', follow);
  follow();
}

function wordsOf(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return '';
  }
}
