import { h } from './dom.ts';

/** Fills a section with a row of cards, and hides it where there are none; a card that had the focus has it again. */
export function fillRow(section: HTMLElement, heading: string | HTMLElement, cards: HTMLElement[]): void {
  const focused = document.activeElement;
  const href = focused && section.contains(focused) ? focused.getAttribute('href') : null;
  const row = h('div', { class: 'row' }, cards);
  section.hidden = cards.length === 0;
  section.replaceChildren(h('h2', {}, heading), row);
  if (href === null) return;
  const links = [...row.querySelectorAll('a')];
  const again = links.find((link) => link.getAttribute('href') === href) ?? links[0];
  again?.focus({ preventScroll: true });
}
