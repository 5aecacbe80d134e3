import type { Letter } from '../letters/letter.ts';

/** Longest reason in a list, in characters. */
const MAX_REASON = 100;

/** Makes text of strangers safe for a terminal: what would move its cursor or hide text is escaped. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

export function listLetters(letters: readonly Letter[], { json = false }: { json?: boolean }): string {
  if (json) return letters.map((letter) => JSON.stringify(toJson(letter))).join('\n');
  if (letters.length === 0) return 'no dead letters';
  return letters
    .map(({ id, at, group, attempts, key, reason, decision }) =>
      [
        `${id}  ${new Date(at).toISOString()}  ${decision ? `${decision.kind} ` : ''}`.trimEnd(),
        `  ${printable(group)} after ${attempts} attempts, key ${key === null ? 'none' : printable(key)}`,
        `  ${printable(reason).slice(0, MAX_REASON)}`,
      ].join('\n'),
    )
    .join('\n');
}

export function describeLetter(letter: Letter): string {
  return JSON.stringify(toJson(letter), null, 2);
}

function toJson({ at, value, decision, ...letter }: Letter): object {
  return {
    ...letter,
    at: new Date(at).toISOString(),
    decision: decision && { ...decision, at: new Date(decision.at).toISOString() },
    value: value === null ? null : parsed(value.toString('utf8')),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
