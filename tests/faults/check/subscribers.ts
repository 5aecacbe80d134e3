import type { Availability, Truth } from './availability.ts';
import { type Violation, violations } from './violation.ts';

/** What one subscriber got, in the order in which it came. */
export type SubscriberEntry =
  /** A connection began, and with it the subscription: what came before may have been missed. */
  | { readonly kind: 'connected' }
  /** The server, or the end of the subscription, says that events may be missing before the next one. */
  | { readonly kind: 'missed' }
  /** The answer to a query sent after the subscription was accepted. */
  | { readonly kind: 'snapshot'; readonly files: ReadonlyMap<string, Availability> }
  | ({ readonly kind: 'event'; readonly catalogId: string; readonly changedAt: string } & Availability);

export interface Subscriber {
  readonly name: string;
  readonly entries: readonly SubscriberEntry[];
}

/** What a subscriber believes: since its last connection or loss the last event of a file, and before any, the query's answer. */
export function belief(entries: readonly SubscriberEntry[]): Map<string, Availability> {
  let snapshot: ReadonlyMap<string, Availability> = new Map();
  let events = new Map<string, Availability>();
  for (const entry of entries) {
    if (entry.kind === 'connected' || entry.kind === 'missed') {
      snapshot = new Map();
      events = new Map();
    } else if (entry.kind === 'snapshot') snapshot = entry.files;
    else events.set(entry.catalogId, { isAvailable: entry.isAvailable, peerCount: entry.peerCount });
  }
  return new Map([...snapshot, ...events]);
}

/** Every subscriber got the final state, and without a loss in between the changes of a file in their order. */
export function checkSubscribers(truth: Truth, subscribers: readonly Subscriber[]): Violation[] {
  const found: string[] = [];
  for (const { name, entries } of subscribers) {
    let changedAt = new Map<string, string>();
    for (const entry of entries) {
      if (entry.kind === 'connected' || entry.kind === 'missed') changedAt = new Map();
      if (entry.kind !== 'event') continue;
      const before = changedAt.get(entry.catalogId);
      if (before && Date.parse(entry.changedAt) < Date.parse(before))
        found.push(
          `${name} got the change of ${entry.catalogId} at ${entry.changedAt} after that at ${before}`,
        );
      changedAt.set(entry.catalogId, entry.changedAt);
    }
    const believed = belief(entries);
    for (const [catalogId, holders] of truth) {
      const { peerCount } = believed.get(catalogId) ?? { peerCount: 0 };
      if (peerCount !== holders.size)
        found.push(`${name} believes that ${peerCount} peers have ${catalogId}, and ${holders.size} do`);
    }
  }
  return violations('subscribers', found);
}
