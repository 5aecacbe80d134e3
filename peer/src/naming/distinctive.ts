import { foldName } from './text.ts';
import { isCountingName, isGenericName } from './words.ts';

/** Whether a work can be known by a name. */
export function isDistinctive(name: string): boolean {
  return !isGenericName(name) || isNumberTitle(name);
}

/** The same, of what stands before the number of an episode or above a season. */
export function isDistinctiveShow(name: string): boolean {
  return !isCountingName(name) || isNumberTitle(name);
}

/** Numbers are titles ("24", "The 100", "9-1-1") when they do not just count. */
function isNumberTitle(name: string): boolean {
  const number = name.trim().replace(/^the /iu, '');
  return /^[1-9]\d*(?:[-:./ ]\d+)*$/u.test(number) && /\d\D?\d/u.test(number);
}

export function isSameName(one: string, other: string): boolean {
  return foldName(one) === foldName(other);
}
