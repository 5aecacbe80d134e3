import { type Violation, violations } from './violation.ts';

/** What a viewer asked and was answered; times in milliseconds of one clock, that of the load. */
export interface SessionEntry {
  readonly kind: 'created' | 'heartbeat' | 'stopped';
  readonly sessionId: string;
  readonly user: string;
  readonly catalogId: string;
  readonly sentAt: number;
  readonly answeredAt: number;
  /** As answered. */
  readonly status: 'ACTIVE' | 'PAUSED' | 'STOPPED' | 'TERMINATED' | 'EXPIRED';
  /** As sent. */
  readonly position: number;
}

interface Life {
  readonly user: string;
  readonly from: number;
  readonly until: number;
}

/**
 * The times in which sessions are known to have held a slot: a session that is answered as live at a heartbeat has been
 * so since it was created, as no ended one lives again.
 */
export function knownLives(entries: readonly SessionEntry[]): Map<string, Life> {
  const lives = new Map<string, Life>();
  for (const entry of entries) {
    const { sessionId, user } = entry;
    if (entry.kind === 'created')
      lives.set(sessionId, { user, from: entry.answeredAt, until: entry.answeredAt });
    const life = lives.get(sessionId);
    const isLive = entry.status === 'ACTIVE' || entry.status === 'PAUSED';
    if (entry.kind === 'heartbeat' && isLive && life)
      lives.set(sessionId, { ...life, until: Math.max(life.until, entry.sentAt) });
  }
  return lives;
}

/** No account has more live sessions at once than it may. */
export function checkAdmission(input: {
  readonly entries: readonly SessionEntry[];
  readonly maxStreams: number;
}): Violation[] {
  const lives = [...knownLives(input.entries)];
  const found: string[] = [];
  for (const [id, life] of lives) {
    const atOnce = lives.filter(
      ([, other]) => other.user === life.user && other.from <= life.from && other.until >= life.from,
    );
    if (atOnce.length > input.maxStreams)
      found.push(
        `${life.user} had ${atOnce.length} sessions at once when ${id} began, of ${input.maxStreams}: ` +
          atOnce.map(([other]) => other).join(', '),
      );
  }
  return violations('admission', found);
}

/** An ended session is answered as ended ever after. */
export function checkEnds(entries: readonly SessionEntry[]): Violation[] {
  const ended = new Map<string, SessionEntry>();
  const found: string[] = [];
  for (const entry of [...entries].sort((a, b) => a.sentAt - b.sentAt)) {
    const isLive = entry.status === 'ACTIVE' || entry.status === 'PAUSED';
    const end = ended.get(entry.sessionId);
    if (isLive && end && entry.sentAt > end.answeredAt)
      found.push(`${entry.sessionId} was ${end.status} and is ${entry.status} again`);
    if (!isLive && !end) ended.set(entry.sessionId, entry);
  }
  return violations('ended sessions', found);
}

/** When all viewers have left and their leases are over, every slot is free. */
export function checkSlots(streams: ReadonlyMap<string, number | null>): Violation[] {
  const found = [...streams].flatMap(([user, count]) => {
    if (count === 0) return [];
    return [
      count === null ? `nobody says how many slots ${user} holds` : `${user} still holds ${count} slots`,
    ];
  });
  return violations('slots', found);
}
