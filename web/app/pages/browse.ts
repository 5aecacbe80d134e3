import { h } from '../ui/dom.ts';
import { WHAT_THIS_IS, welcome } from '../ui/welcome.ts';
import { showContinueWatching } from './continue-watching.ts';
import type { Page } from './page.ts';
import { createTitleList } from './title-list.ts';
import { showWatchlist } from './watchlist.ts';

/** All titles, or those a search finds. */
export async function browsePage(search: string): Promise<Page> {
  const resume = h('section', { hidden: true });
  const watchlist = h('section', { hidden: true });
  // Trailers and the like are shown with their films; who searches finds them all the same.
  const note = search === '' ? welcome() : null;
  const list = createTitleList(search === '' ? { extra: false } : { search }, (count) => {
    // Where there is nothing else this is said anyway.
    if (note) note.hidden = count === 0;
    return describeCount(count, search);
  });
  const showRows = () => {
    if (search !== '') return;
    void showContinueWatching(resume).catch(() => {});
    void showWatchlist(watchlist).catch(() => {});
  };
  await list.load();
  showRows();
  return {
    title: search === '' ? 'Giggityflix' : `${search} · Giggityflix`,
    element: h(
      'div',
      { class: 'browse' },
      h('h1', { class: 'hidden' }, 'Giggityflix'),
      note,
      resume,
      watchlist,
      h('h2', { class: 'large' }, search === '' ? 'Titles' : `Results for “${search}”`),
      ...list.elements,
    ),
    pause: list.pause,
    resume() {
      list.resume();
      showRows();
    },
    leave: list.pause,
  };
}

function describeCount(count: number, search: string): string {
  if (count > 0) return count === 1 ? '1 title' : `${count} titles`;
  return search === ''
    ? `No titles yet. ${WHAT_THIS_IS} It is here within seconds.`
    : 'Nothing found. Try fewer words, or only the beginning of one.';
}
