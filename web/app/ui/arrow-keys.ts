const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), select, textarea, summary, video[tabindex]';

/** Of a menu that Enter opens, so that arrows need not step through it. */
const OPENS_LIST = 'data-opens-list';
/** Of a field whose parts the arrows set, until Enter leaves it. */
const SET_BY_ARROWS = 'data-set-by-arrows';

type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';

/**
 * Lets the arrow keys move the focus to the nearest thing in their direction, and Enter choose, as on a television: a remote
 * control has no other keys.
 */
export function enableArrowKeys(): void {
  document.addEventListener('focusout', ({ target }) => (target as Element).removeAttribute(SET_BY_ARROWS));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.defaultPrevented) return enter(event);
    if (
      event.defaultPrevented ||
      event.altKey ||
      event.ctrlKey ||
      event.metaKey ||
      !event.key.startsWith('Arrow')
    )
      return;
    const from = document.activeElement;
    const vertical = event.key === 'ArrowUp' || event.key === 'ArrowDown';
    if (from?.hasAttribute(SET_BY_ARROWS)) return;
    if (from instanceof HTMLInputElement && !vertical && !leadsOut(from, event.key)) return;
    if (from instanceof HTMLTextAreaElement) return;
    // Those along it move in the film.
    if (from instanceof HTMLVideoElement && !vertical) return;
    if (from?.hasAttribute(OPENS_LIST)) event.preventDefault();
    else if (from instanceof HTMLSelectElement && !vertical) {
      event.preventDefault();
      step(from, event.key === 'ArrowRight' ? 1 : -1);
      return;
    }
    const target = nearest(from, event.key as Direction) ?? fromFilm(from);
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  });
}

/** A text field uses the arrows along its line up to its ends, and radio buttons choose by them. */
function leadsOut({ type, value, selectionStart, selectionEnd }: HTMLInputElement, key: string): boolean {
  if (['checkbox', 'time', 'number', 'file'].includes(type)) return true;
  if (selectionStart === null || selectionStart !== selectionEnd) return false;
  return selectionStart === (key === 'ArrowLeft' ? 0 : value.length);
}

/** Down leads to what there is to do over the film, as up does. */
function fromFilm(from: Element | null): HTMLElement | null {
  return from instanceof HTMLVideoElement ? nearest(from, 'ArrowUp') : null;
}

/** Enter in a field would send its form. */
function enter(event: KeyboardEvent): void {
  const { target } = event;
  if (!(target instanceof HTMLInputElement)) return;
  if (target.type === 'checkbox' || target.type === 'radio') {
    event.preventDefault();
    target.click();
  } else if (target.type === 'time') {
    event.preventDefault();
    target.toggleAttribute(SET_BY_ARROWS);
  }
}

/** Chooses the next or the one before of a menu, which stays closed: those up and down lead on. */
function step(menu: HTMLSelectElement, by: number): void {
  const next = menu.selectedIndex + by;
  if (next < 0 || next >= menu.options.length) return;
  menu.selectedIndex = next;
  for (const type of ['input', 'change']) menu.dispatchEvent(new Event(type, { bubbles: true }));
}

function nearest(from: Element | null, direction: Direction): HTMLElement | null {
  // What is behind an open dialog cannot have the focus, and a list is left by choosing or going back.
  const scope = document.querySelector('dialog[open]') ?? from?.closest('[role=menu]') ?? document;
  const all = [...scope.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (element) => element.tabIndex >= 0 && element.checkVisibility(),
  );
  if (!from || from === document.body || !all.includes(from as HTMLElement))
    return all.find((element) => element.matches('main a[href], main button')) ?? all[0] ?? null;
  const start = boxOf(from);
  const isVertical = direction === 'ArrowUp' || direction === 'ArrowDown';
  const sign = direction === 'ArrowUp' || direction === 'ArrowLeft' ? -1 : 1;
  let best: HTMLElement | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of all) {
    // A film lies below what is drawn over it, wherever its middle is.
    const isFilm = candidate instanceof HTMLVideoElement;
    if (candidate === from || (isFilm && direction !== 'ArrowDown')) continue;
    const to = boxOf(candidate);
    const [ahead, beside] = isVertical ? ([to.y, to.x] as const) : ([to.x, to.y] as const);
    const [ownAhead, ownBeside] = isVertical ? ([start.y, start.x] as const) : ([start.x, start.y] as const);
    const along = (centre(ahead) - centre(ownAhead)) * sign;
    const off = Math.abs(centre(beside) - centre(ownBeside));
    const gap = Math.max(0, beside.from - ownBeside.to, ownBeside.from - beside.to);
    // Straight ahead counts for more than near by, and what is wide is ahead of all that is above or below it.
    const distance = along + (gap > 0 ? 3 * off : off / 10);
    if (along > 4 && distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

interface Span {
  from: number;
  to: number;
}

/** Where someone sees an element: a button to tick with the words beside it. */
function boxOf(element: Element): { x: Span; y: Span } {
  const isTicked = element instanceof HTMLInputElement && /^(checkbox|radio)$/.test(element.type);
  const seen = (isTicked && element.closest('label')) || element;
  const { left, right, top, bottom } = seen.getBoundingClientRect();
  return { x: { from: left, to: right }, y: { from: top, to: bottom } };
}

function centre({ from, to }: Span): number {
  return (from + to) / 2;
}
