/**
 * Peers of which players reported that they sent what is not of the file. They are chosen last for a while, by everyone, and
 * never excluded, so that false reports cost a peer little.
 *
 * `demotions.embedded.ts` and `demotions.redis.ts` pass `demotions.compliance.ts` unchanged. Time is the store's own.
 * Every method rejects with UnavailableError while the store cannot be reached.
 */
export interface DemotionStore {
  /** Demotes a peer from now on. `ignored`: the account has reported too many of late, and nothing changes. */
  report(report: PeerReport): Promise<'demoted' | 'ignored'>;
  count(): Promise<number>;
  /** The demoted peers, those reported last first; at most so many, else all. */
  list(most?: number): Promise<DemotedPeer[]>;
  /** The same, of which only the ids are read. */
  ids(most: number): Promise<string[]>;
}

export interface PeerReport {
  peerId: string;
  /** Equal for reports of one account; names nobody. */
  account: string;
  reason: DemotionReason;
}

export type DemotionReason = 'not_proven';

export interface DemotedPeer {
  peerId: string;
  reason: DemotionReason;
  /** When it was reported first, in milliseconds since 1970; forgotten with the demotion. */
  since: number;
  until: number;
  /** How many accounts reported it, up to {@link DemotionLimits.accountsPerPeer}. */
  accounts: number;
}

export interface DemotionLimits {
  /** How long a peer is demoted after its last report, in milliseconds. */
  demotionMs: number;
  /** Reports of one account that count within `reportWindowMs`. */
  reportsPerAccount: number;
  reportWindowMs: number;
  /** Demoted peers stored; of more, those whose time is up first are forgotten. */
  peers: number;
  accountsPerPeer: number;
}

export const DEMOTION_LIMITS: DemotionLimits = {
  demotionMs: 600_000,
  reportsPerAccount: 30,
  reportWindowMs: 3_600_000,
  peers: 1_000,
  accountsPerPeer: 100,
};
