import type { TitleWithDetails } from '../operations.ts';
import { h } from '../ui/dom.ts';
import { clock } from '../ui/format.ts';

/** Actors that are named; a page is no list of credits. */
const MAX_CAST = 12;

/** One line: "1999 · R · 2:16:00 · 8.7 of 10 (imdb)". */
export function factsOf(title: TitleWithDetails): string {
  const [rating] = title.ratings;
  const seconds = title.files[0]?.durationSeconds ?? (title.runtime === null ? null : title.runtime * 60);
  const facts = [
    title.year,
    title.kind.toLowerCase(),
    title.certification,
    seconds && clock(seconds),
    rating && `${shown(rating.value)} of ${shown(rating.scale)}${rating.source ? ` (${rating.source})` : ''}`,
  ];
  return facts.filter(Boolean).join(' · ');
}

/** What is said of the work, as text; nothing where nothing is. */
export function aboutWork(title: TitleWithDetails): HTMLElement {
  const named = (job: TitleWithDetails['people'][number]['job']) =>
    [...new Set(title.people.filter((person) => person.job === job).map(({ name }) => name))].join(', ');
  const cast = title.people
    .filter(({ job }) => job === 'ACTOR')
    .slice(0, MAX_CAST)
    .map(({ name, role }) => (role ? `${name} as ${role}` : name))
    .join(', ');
  const episode = [title.seasonTitle, title.episodeTitle].filter(Boolean).join(' · ');
  const rows: [string, string | null][] = [
    ['Original title', title.originalTitle === title.name ? null : title.originalTitle],
    ['Genres', title.genres.join(', ')],
    ['Director', named('DIRECTOR')],
    ['Writer', named('WRITER')],
    ['Cast', cast],
    ['Studio', title.studios.join(', ')],
    ['Collection', title.collection],
    ['First shown', title.premiered],
  ];
  const text = title.plot ?? title.outline;
  return h(
    'div',
    { class: 'about' },
    title.extraOf &&
      h(
        'p',
        {},
        'Belongs to ',
        h('a', { href: `#/title/${encodeURIComponent(title.extraOf.id)}` }, title.extraOf.name),
      ),
    episode !== '' && h('h2', {}, episode),
    title.tagline && h('p', { class: 'tagline' }, title.tagline),
    text && h('p', { class: 'plot' }, text),
    h(
      'dl',
      {},
      rows.flatMap(([term, value]) => (value ? [h('dt', {}, term), h('dd', {}, value)] : [])),
    ),
  );
}

function shown(value: number): string {
  return String(Math.round(value * 10) / 10);
}
