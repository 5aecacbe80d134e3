import type { Title } from '../operations.ts';
import { type Availability, describeAvailability } from './availability.ts';
import { h } from './dom.ts';
import { clock, codec, resolution, titleName } from './format.ts';

export interface Card {
  element: HTMLElement;
  /** Its files. */
  catalogIds: readonly string[];
  setAvailability(catalogId: string, availability: Availability): void;
}

/** A title in the grid, with a badge that follows its availability. */
export function createCard(title: Title): Card {
  const known = new Map(title.files.map((file) => [file.catalogId, file.availability as Availability]));
  const badge = h('span', { class: 'badge' });
  const best = title.files[0];
  const facts = [
    title.year,
    best && resolution(best.height),
    best?.durationSeconds && clock(best.durationSeconds),
  ];
  const played =
    best?.durationSeconds && title.progress && !title.progress.completed
      ? (100 * title.progress.positionSeconds) / best.durationSeconds
      : 0;
  const element = h(
    'a',
    { class: 'card', href: `#/title/${encodeURIComponent(title.id)}`, 'data-title-id': title.id },
    h(
      'div',
      { class: 'poster' },
      artwork(title),
      badge,
      played > 0 && h('div', { class: 'played', style: `--played: ${Math.min(100, played)}%` }),
    ),
    h('h3', {}, titleName(title)),
    h('p', { class: 'facts' }, [...facts, best && codec(best.videoCodec)].filter(Boolean).join(' · ')),
  );
  const show = () => {
    const all = [...known.values()];
    const peerCount = Math.max(0, ...all.map((one) => one.peerCount));
    const isAvailable = all.some((one) => one.isAvailable);
    badge.textContent = describeAvailability({ isAvailable, peerCount });
    badge.classList.toggle('on', isAvailable);
    element.classList.toggle('away', !isAvailable);
  };
  show();
  return {
    element,
    catalogIds: [...known.keys()],
    setAvailability(catalogId, availability) {
      if (!known.has(catalogId)) return;
      known.set(catalogId, availability);
      show();
    },
  };
}

/** The title's picture, or its initials on a colour of its own. */
export function artwork(title: Pick<Title, 'id' | 'name' | 'artwork'>): HTMLElement {
  const placeholder = h(
    'div',
    { class: 'placeholder', style: `--hue: ${hueOf(title.id)}`, 'aria-hidden': 'true' },
    initials(title.name),
  );
  const picture = title.artwork.find(({ kind }) => kind !== 'LOGO');
  if (!picture) return placeholder;
  const image = h('img', {
    src: picture.url,
    alt: '',
    class: picture.height > picture.width && 'upright',
    loading: 'lazy',
    width: picture.width,
    height: picture.height,
  });
  image.addEventListener('error', () => image.replaceWith(placeholder));
  return image;
}

function initials(name: string): string {
  return name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}

function hueOf(id: string): number {
  let hash = 0;
  for (const letter of id) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
  return hash % 360;
}
