/** What is known of a peer as a holder; times are milliseconds since 1970. */
export interface PeerFacts {
  /** The newest connection that ended; empty for none. */
  closedConnection: string;
  closedAt: number;
  /** The connection and the beginning of the newest full announcement. */
  fullConnection: string;
  fullSince: number;
}

/** What is known of one file at one peer. */
export interface Claim {
  connectionId: string;
  announcedAt: number;
  isAnnounced: boolean;
  wasAnnounced: boolean;
  outcome: string | null;
}

/**
 * What speaks for a peer's word on a file. Only the first two count; `left` is asked when nobody's counts, so that a
 * film keeps its title while its peers sleep.
 */
export type Standing =
  | { kind: 'proven' | 'unproven' }
  | { kind: 'left'; wasProven: boolean; leftAt: number }
  /** It failed to prove the file. */
  | { kind: 'failed' }
  /** It did not answer, or it never held the file. */
  | { kind: 'none' };

const NOBODY: PeerFacts = { closedConnection: '', closedAt: 0, fullConnection: '', fullSince: 0 };

export function standingOf(claim: Claim | undefined, peer: PeerFacts = NOBODY): Standing {
  if (claim?.outcome === 'failed') return { kind: 'failed' };
  if (!claim?.wasAnnounced || claim.outcome === 'unanswered') return { kind: 'none' };
  const wasProven = claim.outcome === 'proven';
  const left = (leftAt: number): Standing => ({ kind: 'left', wasProven, leftAt });
  if (!claim.isAnnounced) return left(claim.announcedAt);
  if (claim.connectionId <= peer.closedConnection) return left(peer.closedAt);
  if (isBefore(claim, peer)) return left(peer.fullSince);
  return { kind: wasProven ? 'proven' : 'unproven' };
}

function isBefore(claim: Claim, { fullConnection, fullSince }: PeerFacts): boolean {
  if (claim.connectionId !== fullConnection) return claim.connectionId < fullConnection;
  return claim.announcedAt < fullSince;
}

/** Whether the peer has proven that it has the file, or had it when it left. */
export function isProven(standing: Standing): boolean {
  return standing.kind === 'proven' || (standing.kind === 'left' && standing.wasProven);
}

export interface Ranked {
  peerId: string;
  standing: Standing;
}

/**
 * Those whose word is asked, of all who said something of a file: the holders that proved it; without one, the holders that
 * were not asked or cannot be; without any holder the one that left last, of those that had proven it if there are such.
 */
export function heard<T extends Ranked>(all: readonly T[]): T[] {
  const of = (kind: Standing['kind']) => all.filter(({ standing }) => standing.kind === kind);
  for (const kind of ['proven', 'unproven'] as const) {
    const holders = of(kind);
    if (holders.length > 0) return holders;
  }
  const [last] = of('left').sort(byDeparture);
  return last ? [last] : [];
}

function byDeparture({ standing: one, ...a }: Ranked, { standing: other, ...b }: Ranked): number {
  if (one.kind !== 'left' || other.kind !== 'left') return 0;
  if (one.wasProven !== other.wasProven) return one.wasProven ? -1 : 1;
  return other.leftAt - one.leftAt || (a.peerId < b.peerId ? -1 : 1);
}
