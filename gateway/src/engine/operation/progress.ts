import { hash } from 'node:crypto';
import type { Overrides } from '../../graph/overrides.ts';
import type { Requester } from '../authorization/policies.ts';

/** Decides which labels of progressive overrides hold for a request, of those that are not `percent(x)`. */
export type OverrideLabels = (request: Requester, labels: readonly string[]) => ReadonlySet<string>;

const NONE: ReadonlySet<string> = new Set();

/** The labels that hold for a request. What someone signed in gets by chance, they get each time. */
export function labelsFor(
  overrides: Overrides,
  requester: Requester | null,
  decide: OverrideLabels | undefined,
): readonly string[] {
  const chance = requester?.identity ? chanceOf(requester.identity.userId) : Math.random();
  const asked = decide && requester && overrides.custom.length > 0;
  return overrides.draw(chance, asked ? decide(requester, overrides.custom) : NONE);
}

/** As good as drawn, and the same for the same user. */
function chanceOf(userId: string): number {
  return Number.parseInt(hash('sha256', userId).slice(0, 8), 16) / 2 ** 32;
}
