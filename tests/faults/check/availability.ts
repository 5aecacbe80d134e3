import { type Violation, violations } from './violation.ts';

/** Who shares what: the names of the peers whose folders hold a file, by its catalog id. */
export type Truth = ReadonlyMap<string, ReadonlySet<string>>;

export interface Availability {
  readonly isAvailable: boolean;
  readonly peerCount: number;
}

/** What a gateway said of every file at one time, in milliseconds since the last fault was healed; null when it gave no answer. */
export interface Observation {
  readonly gateway: string;
  readonly at: number;
  readonly files: ReadonlyMap<string, Availability> | null;
}

/** How an observation differs from the truth, in words. */
export function differences(truth: Truth, files: Observation['files']): string[] {
  if (!files) return ['no answer'];
  const found: string[] = [];
  for (const [catalogId, holders] of truth) {
    const seen = files.get(catalogId) ?? { isAvailable: false, peerCount: 0 };
    if (seen.peerCount === holders.size && seen.isAvailable === holders.size > 0) continue;
    const said = `${seen.isAvailable ? 'available' : 'unavailable'} with ${seen.peerCount}`;
    const held = holders.size > 0 ? `${holders.size} (${[...holders].sort().join(', ')})` : 'no peer';
    found.push(`${catalogId} is ${said}, but ${held} has it`);
  }
  return found;
}

/** Each gateway says the truth within `withinMs` after the last fault was healed, and from then on. */
export function checkAvailability(input: {
  readonly truth: Truth;
  readonly gateways: readonly string[];
  readonly observations: readonly Observation[];
  readonly withinMs: number;
}): Violation[] {
  const found = input.gateways.flatMap((gateway) => {
    const seen = input.observations.filter((one) => one.gateway === gateway).sort((a, b) => a.at - b.at);
    const last = seen.at(-1);
    if (!last) return [`${gateway} was not asked`];
    const wrong = differences(input.truth, last.files);
    if (wrong.length > 0)
      return wrong.map((what) => `${gateway}, ${Math.round(last.at / 1000)} s after the last heal: ${what}`);
    const late = seen.filter(
      (one) => one.at > input.withinMs && differences(input.truth, one.files).length > 0,
    );
    return late.slice(0, 1).map((one) => {
      const [what] = differences(input.truth, one.files);
      return `${gateway} was wrong ${Math.round(one.at / 1000)} s after the last heal: ${what}`;
    });
  });
  return violations('availability', found);
}

/** Milliseconds after the last heal from which on everything said was true; null when it never was. */
export function rightAfterMs(truth: Truth, observations: readonly Observation[]): number | null {
  let since: number | null = null;
  for (const { at, files } of [...observations].sort((a, b) => a.at - b.at)) {
    if (differences(truth, files).length > 0) since = null;
    else since ??= at;
  }
  return since;
}
