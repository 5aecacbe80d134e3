import { randomInt } from 'node:crypto';
import type { Topics } from '@giggityflix/bus';
import { createRateLimiter } from '@giggityflix/kernel';
import {
  type CatalogId,
  type CatalogUpdate,
  catalogIdFromBytes,
  HOLDING_VERSION,
  type HoldingProof,
  type PlaybackSignal,
} from '@giggityflix/proto';
import { verifyHolding } from '@giggityflix/proto/holding';
import { sha256 } from '@giggityflix/proto/sha256';
import type { EdgeMetrics } from '../metrics.ts';
import type { Connection } from '../peers/connections.ts';
import type { Publisher } from '../publisher/publisher.ts';
import { type Checks, forget, newChecks, type Pending, pendingOf } from './checks.ts';
import { createOutcomes, type Outcome } from './outcomes.ts';

export interface HoldingsConfig {
  /** How long a peer may take to prove a file, in milliseconds. */
  timeoutMs: number;
  /** How long after a proof another one is asked for. */
  recheckMs: number;
  /** Challenges of all peers per second, besides those for viewers; 0 for no limit. */
  challengesPerSecond: number;
}

/** Files asked for of each announcement. */
export const FILES_PER_ANNOUNCEMENT = 4;
/** Challenges of announcements that one peer has to answer per minute, and at once. */
const PER_MINUTE = 20;
const PER_PEER_BURST = 8;
/** Challenges one peer has pending; above it a viewer is sent there without one. */
export const MAX_PENDING = 16;
/** Viewers that wait for the outcome of one challenge. */
const MAX_SESSIONS = 100;
/** Blocks asked for of a file, where those before could have been inner nodes of its tree. */
const MAX_ATTEMPTS = 3;
/** Outcomes kept per peer. */
export const MAX_OUTCOMES = 128;
/** How soon a peer that did not prove a file is asked again. */
const RECHECK_FAILED_MS = 60_000;
/** How much longer than for a proof a peer that denies a file has to take it back. */
const TIMES_TO_WITHDRAW = 4;
/** How long after its time a proof is still taken: a disk may have had to start. */
const LATE_MS = 30_000;
const HIGHEST_POSITION = 2 ** 32;

/** Whether peers have what they announce: asks for random blocks with proof, and publishes what comes of it. */
export interface Holdings {
  /** A peer announced files; a few of them are asked for. */
  announced(connection: Connection, update: CatalogUpdate): void;
  /** A peer is alive; now and then it is asked again. */
  alive(connection: Connection): void;
  answered(connection: Connection, proof: HoldingProof): void;
  /** A viewer's signal went to the peer; an offer for a file without a fresh proof is followed by a challenge. */
  signalled(connection: Connection, signal: PlaybackSignal): void;
  closed(connection: Connection): void;
}

export function createHoldings(
  config: HoldingsConfig,
  deps: { topics: Topics; publisher: Publisher; metrics: EdgeMetrics },
): Holdings {
  const { metrics } = deps;
  const outcomes = createOutcomes(deps);
  const byConnection = new Map<Connection, Checks>();
  const ofPeer = createRateLimiter({ perSecond: PER_MINUTE / 60, burst: PER_PEER_BURST });
  const ofEdge = createRateLimiter({
    perSecond: config.challengesPerSecond,
    burst: Math.max(1, Math.ceil(config.challengesPerSecond)),
  });

  const checksOf = (connection: Connection): Checks => {
    const known = byConnection.get(connection);
    if (known) return known;
    const made = newChecks(Date.now() + config.recheckMs);
    byConnection.set(connection, made);
    return made;
  };

  const send = (connection: Connection, pending: Pending) => {
    connection.stream.send({
      $case: 'holdingChallenge',
      value: {
        challengeId: pending.challengeId,
        catalogId: Buffer.from(pending.catalogId, 'hex'),
        position: pending.position,
      },
    });
  };

  const challenge = (
    connection: Connection,
    checks: Checks,
    given: { catalogId: CatalogId; attempts?: number; sessions?: Set<string> },
  ): Pending => {
    checks.lastId += 1;
    const pending: Pending = {
      challengeId: checks.lastId,
      catalogId: given.catalogId,
      position: randomInt(HIGHEST_POSITION),
      attempts: given.attempts ?? 1,
      sessions: given.sessions ?? new Set(),
      late: false,
      isDenied: false,
      timer: setTimeout(() => expire(connection, checks, pending), config.timeoutMs),
    };
    pending.timer.unref();
    checks.pending.set(pending.challengeId, pending);
    send(connection, pending);
    return pending;
  };

  const expire = (connection: Connection, checks: Checks, pending: Pending) => {
    if (pending.late) {
      checks.pending.delete(pending.challengeId);
      return;
    }
    if (pending.isDenied) {
      checks.pending.delete(pending.challengeId);
      conclude(connection, checks, pending, 'failed');
      return;
    }
    pending.late = true;
    pending.timer = setTimeout(() => expire(connection, checks, pending), LATE_MS).unref();
    conclude(connection, checks, pending, 'unanswered');
  };

  const conclude = (connection: Connection, checks: Checks, pending: Pending, outcome: Outcome) => {
    const { catalogId } = pending;
    checks.outcomes.delete(catalogId);
    checks.outcomes.set(catalogId, { outcome, at: Date.now() });
    if (checks.outcomes.size > MAX_OUTCOMES)
      checks.outcomes.delete(checks.outcomes.keys().next().value as CatalogId);
    const wait = outcome === 'proven' ? config.recheckMs : Math.min(RECHECK_FAILED_MS, config.recheckMs);
    checks.nextCheckAt = Date.now() + wait * (0.5 + Math.random());
    metrics.holdingChecks.inc({ outcome });
    outcomes.checked(connection, catalogId, outcome);
    if (outcome === 'proven') pending.sessions.clear();
    else lose(connection, pending);
  };

  const lose = (connection: Connection, { sessions }: Pending) => {
    for (const sessionId of sessions) outcomes.lost(connection, sessionId);
    sessions.clear();
  };

  /** Whether an announcement may be checked; those for viewers are always. */
  const mayAsk = (connection: Connection, checks: Checks): boolean => {
    const may =
      checks.pending.size < MAX_PENDING &&
      connection.stream.writable() &&
      ofPeer.take(connection.peerId) === null &&
      ofEdge.take('edge') === null;
    if (!may) metrics.holdingChecks.inc({ outcome: 'skipped' });
    return may;
  };

  const isFresh = (checks: Checks, catalogId: CatalogId): boolean => {
    const known = checks.outcomes.get(catalogId);
    return known?.outcome === 'proven' && Date.now() - known.at < config.recheckMs;
  };

  return {
    announced(connection, update) {
      if (connection.protocolVersion < HOLDING_VERSION) return;
      const checks = checksOf(connection);
      if (update.full && (update.updateId === '' || update.catalogIds.length === 0)) checks.sample.clear();
      for (const removed of update.removedCatalogIds) forget(checks, removed.toString('hex') as CatalogId);
      const { catalogIds } = update;
      for (const id of catalogIds) checks.sample.add(id);
      for (const catalogId of someOf(catalogIds))
        if (!isFresh(checks, catalogId) && !pendingOf(checks, catalogId) && mayAsk(connection, checks))
          challenge(connection, checks, { catalogId });
    },

    alive(connection) {
      const checks = byConnection.get(connection);
      if (!checks || Date.now() < checks.nextCheckAt) return;
      checks.nextCheckAt = Date.now() + config.recheckMs;
      // What was not proven lately comes first, so that who could not answer once is soon believed again.
      const doubted = [...checks.outcomes].find(([, { outcome }]) => outcome === 'unanswered')?.[0];
      const catalogId = doubted ?? checks.sample.pick();
      if (catalogId && !pendingOf(checks, catalogId) && mayAsk(connection, checks))
        challenge(connection, checks, { catalogId });
    },

    answered(connection, { challengeId, catalogId, sizeBytes, block, path }) {
      const checks = byConnection.get(connection);
      const pending = checks?.pending.get(challengeId);
      if (!checks || !pending || catalogIdFromBytes(catalogId) !== pending.catalogId) return;
      // A file that has just gone is withdrawn next, and is nothing to hold against its peer.
      if (block.byteLength === 0 && !pending.late) {
        if (!pending.isDenied) {
          pending.isDenied = true;
          clearTimeout(pending.timer);
          const end = () => expire(connection, checks, pending);
          pending.timer = setTimeout(end, TIMES_TO_WITHDRAW * config.timeoutMs).unref();
        }
        lose(connection, pending);
        return;
      }
      clearTimeout(pending.timer);
      checks.pending.delete(challengeId);
      const asked = { root: catalogId, position: pending.position };
      const verdict = verifyHolding(asked, { sizeBytes, block, path }, sha256);
      if (verdict === 'proven') conclude(connection, checks, pending, 'proven');
      else if (verdict === 'wrong') conclude(connection, checks, pending, 'failed');
      else if (pending.attempts < MAX_ATTEMPTS && !pending.late)
        challenge(connection, checks, { ...pending, attempts: pending.attempts + 1 });
    },

    signalled(connection, { sessionId, catalogId, signal }) {
      const isOffer = signal?.$case === 'description' && signal.value.type === 'offer';
      const id = catalogIdFromBytes(catalogId);
      if (!isOffer || !id || connection.protocolVersion < HOLDING_VERSION) return;
      const checks = checksOf(connection);
      if (isFresh(checks, id)) return;
      const known = pendingOf(checks, id);
      if (known?.isDenied) {
        outcomes.lost(connection, sessionId);
        return;
      }
      if (!known && checks.pending.size >= MAX_PENDING) {
        metrics.holdingChecks.inc({ outcome: 'skipped' });
        return;
      }
      const { sessions } = known ?? challenge(connection, checks, { catalogId: id });
      if (sessions.size < MAX_SESSIONS) sessions.add(sessionId);
    },

    closed(connection) {
      for (const { timer } of byConnection.get(connection)?.pending.values() ?? []) clearTimeout(timer);
      byConnection.delete(connection);
    },
  };
}

/** All of a few files; of many, as many at random. */
function someOf(catalogIds: readonly Buffer[]): Set<CatalogId> {
  const isFew = catalogIds.length <= FILES_PER_ANNOUNCEMENT;
  const some = isFew
    ? catalogIds
    : Array.from({ length: FILES_PER_ANNOUNCEMENT }, () => catalogIds[randomInt(catalogIds.length)]!);
  return new Set(some.map((id) => id.toString('hex') as CatalogId));
}
