import type { Truth } from './availability.ts';
import type { SessionEntry } from './sessions.ts';
import { type Violation, violations } from './violation.ts';

/** A record as a consumer of its own read it from the brokers, in the order of its partition. */
export interface BusRecord {
  readonly topic: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: unknown;
}

interface PlaybackEvent {
  type: string;
  session_id: string;
}

interface AvailabilityEvent {
  catalog_id: string;
  available_peer_count: number;
}

const ENDS = new Set(['playback.stopped', 'playback.completed']);

/** What was acknowledged to a client is on the bus, and nothing had to be set aside as undeliverable. */
export function checkEvents(input: {
  readonly records: readonly BusRecord[];
  readonly sessions: readonly SessionEntry[];
  readonly truth: Truth;
  /** Stored subscriptions that were acknowledged, to files that have been available since. */
  readonly storedSubscriptions: readonly string[];
}): Violation[] {
  const on = <T>(topic: string) =>
    input.records.filter((record) => record.topic === topic).map(({ value }) => value as T);
  const playback = on<PlaybackEvent>('playback.events');
  const started = new Set(
    playback.filter(({ type }) => type === 'playback.started').map((event) => event.session_id),
  );
  const ended = new Set(playback.filter(({ type }) => ENDS.has(type)).map((event) => event.session_id));
  const matched = new Set(
    on<{ subscription_id: string }>('catalog.subscription.matched').map((event) => event.subscription_id),
  );
  const counts = lastCounts(input.records);

  const found: string[] = [];
  for (const { sessionId } of input.sessions.filter(({ kind }) => kind === 'created')) {
    if (!started.has(sessionId)) found.push(`the session ${sessionId} was created, and no event says so`);
    if (!ended.has(sessionId)) found.push(`the session ${sessionId} is over, and no event says so`);
  }
  for (const id of input.storedSubscriptions)
    if (!matched.has(id)) found.push(`the subscription ${id} was stored and never matched`);
  for (const [catalogId, holders] of input.truth) {
    const count = counts.get(catalogId) ?? 0;
    if (count !== holders.size)
      found.push(`the last event of ${catalogId} counts ${count} peers, and ${holders.size} have it`);
  }
  for (const { topic, headers } of input.records)
    if (topic.endsWith('.deadletter'))
      found.push(
        `a dead letter on ${topic}: ${headers['__connect.errors.exception.message'] ?? 'no reason'}`,
      );
  return violations('events', found);
}

/** As a consumer that follows the documents has them: an event whose sequence is not greater than the last one's is dropped. */
function lastCounts(records: readonly BusRecord[]): Map<string, number> {
  const counts = new Map<string, number>();
  const sequences = new Map<string, string>();
  for (const { topic, headers, value } of records) {
    if (topic !== 'catalog.availability.changed') continue;
    const { catalog_id, available_peer_count } = value as AvailabilityEvent;
    const sequence = headers.ce_sequence ?? '';
    const before = sequences.get(catalog_id);
    if (before !== undefined && sequence <= before) continue;
    sequences.set(catalog_id, sequence);
    counts.set(catalog_id, available_peer_count);
  }
  return counts;
}
