import { clean } from '../naming/text.ts';

/** An element as the parser gives it: its children by name, its attributes with "@", its own text. */
export type Element = Readonly<Record<string, unknown>>;

/** The elements of one name, of which there may be none, one or several. */
export function all(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

export function elements(value: unknown): Element[] {
  return all(value).filter((one): one is Element => one !== null && typeof one === 'object');
}

/** The text of an element, on one line, without what is nested in it. */
export function textOf(value: unknown, max: number): string {
  const text = value !== null && typeof value === 'object' ? (value as Element)['#text'] : value;
  return typeof text === 'string' ? shortened(text, max) : '';
}

/** {@link textOf} the first of several elements that has one. */
export function line(value: unknown, max: number): string {
  for (const one of all(value).slice(0, MAX_TRIED)) {
    const text = textOf(one, max);
    if (text !== '') return text;
  }
  return '';
}

export const lineOrNull = (value: unknown, max: number): string | null => line(value, max) || null;

/** Elements of one name that are looked at. */
const MAX_TRIED = 1_000;

/** Different texts of several elements, each of which may have several between " / ". */
export function terms(value: unknown, { max, length }: { max: number; length: number }): string[] {
  const found = new Set<string>();
  for (const one of all(value).slice(0, MAX_TRIED))
    for (const part of textOf(one, length * max).split(/ \/ |\|/u)) {
      const term = shortened(part, length);
      if (term !== '' && found.size < max) found.add(term);
    }
  return [...found];
}

/** A whole number; null for anything else, and for one out of range. */
export function whole(value: unknown, min: number, max: number): number | null {
  const text = line(value, 20);
  const parsed = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return parsed >= min && parsed <= max ? parsed : null;
}

/** A number with a fraction, such as "7.8" or "7,8". */
export function decimal(value: unknown): number | null {
  const text = line(value, 20).replace(',', '.');
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : null;
}

/** A day as ISO 8601 has it, of a text that begins with one. */
export function day(value: unknown): string | null {
  const found = /^(\d{4}-\d{2}-\d{2})(?:$|[T ])/.exec(line(value, 30))?.[1];
  if (found === undefined) return null;
  const time = Date.parse(`${found}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(found) ? found : null;
}

function shortened(text: string, max: number): string {
  // What is cut off anyway is not worth looking at: four times as much leaves room for what cannot be seen.
  const shown = clean(text.slice(0, max * 4));
  return shown.length <= max ? shown : shown.slice(0, max).toWellFormed().trimEnd();
}
