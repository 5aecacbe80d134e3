/** What must hold and did not. */
export interface Violation {
  readonly check: string;
  readonly what: string;
}

/** More of one kind says nothing that the first ones do not. */
const SHOWN = 10;

/** Violations of a check, the first of them in words, and how many more there were. */
export function violations(check: string, found: readonly string[]): Violation[] {
  const shown = found.slice(0, SHOWN).map((what) => ({ check, what }));
  if (found.length > SHOWN) shown.push({ check, what: `and ${found.length - SHOWN} more` });
  return shown;
}
