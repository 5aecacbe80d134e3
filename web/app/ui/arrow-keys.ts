const FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]), select, video[tabindex]';

type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';

/** Lets the arrow keys move the focus to the nearest thing in their direction, as on a television. */
export function enableArrowKeys(): void {
  document.addEventListener('keydown', (event) => {
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
    // A text field, a menu and a video use arrows themselves.
    if (from instanceof HTMLInputElement && !vertical) return;
    if (from instanceof HTMLVideoElement || from instanceof HTMLSelectElement) return;
    const target = nearest(from, event.key as Direction);
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  });
}

function nearest(from: Element | null, direction: Direction): HTMLElement | null {
  const all = [...document.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) =>
    element.checkVisibility(),
  );
  if (!from || from === document.body || !all.includes(from as HTMLElement))
    return document.querySelector<HTMLElement>('main a[href], main button') ?? all[0] ?? null;
  const start = centre(from);
  let best: HTMLElement | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of all) {
    if (candidate === from) continue;
    const to = centre(candidate);
    const [along, across] =
      direction === 'ArrowUp' || direction === 'ArrowDown'
        ? [(to.y - start.y) * (direction === 'ArrowUp' ? -1 : 1), Math.abs(to.x - start.x)]
        : [(to.x - start.x) * (direction === 'ArrowLeft' ? -1 : 1), Math.abs(to.y - start.y)];
    // Straight ahead counts for more than near by.
    const distance = along + 3 * across;
    if (along > 4 && distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function centre(element: Element): { x: number; y: number } {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}
