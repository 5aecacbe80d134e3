import {
  MAX_CODEC_LENGTH,
  MAX_OUTLINE_LENGTH,
  MAX_PEOPLE,
  MAX_PLOT_LENGTH,
  MAX_RATINGS,
  MAX_RUNTIME_MINUTES,
  MAX_TERM_LENGTH,
  MAX_TERMS,
  MAX_TITLE_LENGTH,
  type MediaDetails,
  NO_DETAILS,
  type Person,
  type Rating,
} from '@giggityflix/proto/media-file';
import {
  all,
  day,
  decimal,
  type Element,
  elements,
  line,
  lineOrNull,
  terms,
  textOf,
  whole,
} from './nfo-values.ts';

const TERMS = { max: MAX_TERMS, length: MAX_TERM_LENGTH };
/** Of these a work has few: many actors leave them their place. */
const MAX_CREW = 10;

/** What `<movie>`, `<episodedetails>` or `<tvshow>` says of the work. */
export function detailsIn(element: Element): MediaDetails {
  return {
    ...NO_DETAILS,
    originalTitle: lineOrNull(element.originaltitle, MAX_TITLE_LENGTH),
    sortTitle: lineOrNull(element.sorttitle, MAX_TITLE_LENGTH),
    plot: lineOrNull(element.plot, MAX_PLOT_LENGTH),
    outline: lineOrNull(element.outline, MAX_OUTLINE_LENGTH),
    tagline: lineOrNull(element.tagline, MAX_OUTLINE_LENGTH),
    genres: terms(element.genre, TERMS),
    tags: terms(element.tag, TERMS),
    studios: terms(element.studio, TERMS),
    people: peopleIn(element),
    ratings: ratingsIn(element),
    certification:
      lineOrNull(element.mpaa, MAX_TERM_LENGTH) ?? lineOrNull(element.certification, MAX_TERM_LENGTH),
    collection: collectionIn(element),
    premiered: day(element.premiered) ?? day(element.aired) ?? day(element.releasedate),
    runtimeMinutes: minutes(line(element.runtime, 20)),
  };
}

function peopleIn(element: Element): Person[] {
  const crew = (name: string, job: Person['job']): Person[] =>
    terms(element[name], { max: MAX_CREW, length: MAX_TERM_LENGTH }).map((person) => ({
      name: person,
      role: null,
      job,
    }));
  const people = [
    ...crew('director', 'DIRECTOR'),
    ...crew('credits', 'WRITER'),
    ...crew('writer', 'WRITER'),
    ...crew('producer', 'PRODUCER'),
    ...actorsIn(element),
  ];
  const known = new Map(people.map((person) => [`${person.job} ${person.name} ${person.role}`, person]));
  return [...known.values()].slice(0, MAX_PEOPLE);
}

/** Actors in the order that they are given, or in that of their elements. */
function actorsIn(element: Element): Person[] {
  const actors = elements(element.actor)
    .slice(0, MAX_PEOPLE)
    .flatMap((actor, index) => {
      const name = line(actor.name, MAX_TERM_LENGTH);
      if (name === '') return [];
      const role = lineOrNull(actor.role, MAX_TERM_LENGTH);
      return [
        { order: whole(actor.order, 0, 10_000) ?? index, person: { name, role, job: 'ACTOR' as const } },
      ];
    });
  return actors.sort((one, other) => one.order - other.order).map(({ person }) => person);
}

/** `<ratings>` with a name and a scale each, or the one `<rating>` of the older form; the default first. */
function ratingsIn(element: Element): Rating[] {
  const several = elements(element.ratings).flatMap(({ rating }) => elements(rating));
  const sorted = [...several].sort(
    (one, other) => Number(other['@default'] === 'true') - Number(one['@default'] === 'true'),
  );
  const found = sorted.slice(0, MAX_RATINGS).flatMap((rating) =>
    toRating({
      source: textOf(rating['@name'], MAX_CODEC_LENGTH).toLowerCase() || null,
      value: decimal(rating.value),
      scale: decimal(rating['@max']) ?? 10,
      votes: votesIn(rating.votes),
    }),
  );
  if (found.length > 0) return found;
  const plain = all(element.rating).find((one) => textOf(one, 20) !== '');
  return toRating({ source: null, value: decimal(plain), scale: 10, votes: votesIn(element.votes) });
}

function toRating({ value, scale, ...rest }: Omit<Rating, 'value'> & { value: number | null }): Rating[] {
  const isSensible = value !== null && value > 0 && value <= scale && scale >= 1 && scale <= 1_000;
  return isSensible ? [{ ...rest, value, scale }] : [];
}

function votesIn(value: unknown): number | null {
  const text = line(value, 20).replace(/[.,\s]/gu, '');
  const votes = /^\d+$/u.test(text) ? Number(text) : 0;
  return votes > 0 && votes <= 2_000_000_000 ? votes : null;
}

/** `<set><name>…</name></set>`, and `<set>…</set>` of the older form. */
function collectionIn(element: Element): string | null {
  for (const one of all(element.set).slice(0, 10)) {
    const named = one !== null && typeof one === 'object' ? line((one as Element).name, MAX_TERM_LENGTH) : '';
    const name = named || textOf(one, MAX_TERM_LENGTH);
    if (name !== '') return name;
  }
  return null;
}

/** "136", "136 min" */
function minutes(text: string): number | null {
  const found = Number(/^(\d{1,6})(?:\s*min.*)?$/iu.exec(text)?.[1] ?? 0);
  return found > 0 && found <= MAX_RUNTIME_MINUTES ? found : null;
}
