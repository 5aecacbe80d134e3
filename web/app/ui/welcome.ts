import { h } from './dom.ts';

const SEEN = 'giggityflix.welcomed';

export const WHAT_THIS_IS =
  'Giggityflix plays films straight from the machines of people who share them. A film gets in when someone puts it into a folder that their machine shares.';

/** Says on a first visit what this is, until someone has read it; null for who has. */
export function welcome(): HTMLElement | null {
  if (localStorage.getItem(SEEN) !== null) return null;
  const close = () => {
    localStorage.setItem(SEEN, '');
    note.remove();
    // What had the focus is gone; the arrow keys and Tab go on from the page.
    document.getElementById('main')?.focus({ preventScroll: true });
  };
  const note = h(
    'section',
    { class: 'welcome', 'aria-label': 'What this is' },
    h('p', {}, WHAT_THIS_IS),
    h('button', { class: 'button', type: 'button', onclick: close }, 'Got it'),
  );
  return note;
}
