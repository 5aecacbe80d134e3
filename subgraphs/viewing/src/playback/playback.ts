import { setTimeout } from 'node:timers/promises';
import type { AccessChecks } from '@giggityflix/http/access';
import type { Logger } from '@giggityflix/kernel';
import type { Viewer } from '../access/viewer.ts';
import type { Availability } from '../availability/availability.ts';
import type { EntitlementProvider } from '../entitlement/entitlement.ts';
import type { ViewingMetrics } from '../metrics.ts';
import { isLive, type Session } from '../sessions/session.ts';
import { newSessionId } from '../sessions/session-id.ts';
import type { ActRequest, ActResult, SessionStore } from '../sessions/store.ts';
import type { PlaybackTokens, TokenVerdict } from '../tokens/tokens.ts';

/** How long after its expiry a token may still be exchanged for a new one, in seconds: a laptop may have slept. */
const REFRESH_GRACE_S = 900;
/** How long the end of a session waits for the bus, in milliseconds. */
const END_WAIT_MS = 250;

export interface NewSession {
  userId: string;
  profileId: string;
  catalogId: string;
  deviceId: string;
  region: string | null;
  /** For whom; null when a backend asks. */
  viewer: Viewer | null;
}

export type Created =
  | { outcome: 'created'; session: Session; playbackToken: string }
  | { outcome: 'not_entitled'; reason: string }
  | { outcome: 'unknown_content' }
  | { outcome: 'no_peer' }
  | { outcome: 'limit_reached'; limit: number; live: Session[] };

export interface Concurrency {
  userId: string;
  limit: number;
  live: Session[];
}

/** An account, and the profile it acts as where that is known; null for a backend that acts for any. */
export type Actor = Pick<Viewer, 'userId' | 'profileId'> | null;

/**
 * Playback as both REST and GraphQL offer it. Expected failures are values; UnavailableError is thrown while something
 * needed for the answer cannot be reached.
 */
export interface Playback {
  create(request: NewSession): Promise<Created>;
  /** Null for another account's or profile's session, as for one that does not exist. */
  get(sessionId: string, actor: Actor): Promise<Session | null>;
  act(sessionId: string, actor: Actor, action: ActRequest['action'], position?: number): Promise<ActResult>;
  /** Ends the streams of a session that has ended. */
  endIfOver(sessionId: string): Promise<void>;
  concurrency(userId: string): Promise<Concurrency>;
  /** An account's live sessions. */
  live(userId: string): Promise<Session[]>;
  /** A token that lives minutes, for the stream of a live session. */
  renewToken(session: Session): Promise<string>;
  validate(token: string): Promise<TokenVerdict>;
  /** A new token for a session that is live; null when the old one does not qualify. */
  refresh(token: string, actor: Actor): Promise<string | null>;
}

export function createPlayback(deps: {
  store: SessionStore;
  tokens: PlaybackTokens;
  entitlement: EntitlementProvider;
  checks: AccessChecks;
  /** Whether what a viewer came with was taken back meanwhile. */
  isTakenBack(viewer: Viewer): boolean;
  availability: Availability;
  metrics: ViewingMetrics;
  logger: Logger;
  /** Ends a session's streams at once; they end a little later all the same when this fails. */
  endStreams(session: Session): Promise<void>;
  maxConcurrentStreams: number;
}): Playback {
  const { store, tokens, entitlement, checks, availability, metrics, logger } = deps;

  /** Before the caller is answered where that is quick: what it asks for next then comes to the peer later. */
  const endStreams = async (session: Session): Promise<void> => {
    const ending = deps.endStreams(session).catch((error: unknown) => {
      logger.info({ err: error, sessionId: session.id }, 'the end of a session reaches its peers later');
    });
    await Promise.race([ending, setTimeout(END_WAIT_MS, undefined, { ref: false })]);
  };

  const create = async (request: NewSession): Promise<Created> => {
    const { region, viewer, ...wanted } = request;
    const entitled = await entitlement.check({ ...wanted, region });
    if (!entitled.entitled) return { outcome: 'not_entitled', reason: entitled.reason };
    const { catalogId } = wanted;
    if (viewer && !(await checks.allowed([catalogId], viewer.limits)).has(catalogId))
      return { outcome: 'not_entitled', reason: 'the profile may not watch this' };
    const found = await availability.check(catalogId);
    if (found === 'unknown') return { outcome: 'unknown_content' };
    if (found === 'no_peer') return { outcome: 'no_peer' };
    const limit = entitled.maxConcurrentStreams ?? deps.maxConcurrentStreams;
    const admission = await store.admit({
      ...wanted,
      sessionId: newSessionId(request.userId),
      limit,
      signInId: viewer?.signInId ?? null,
      endsAt: entitled.until ?? null,
    });
    if (!admission.admitted) return { outcome: 'limit_reached', limit, live: admission.live };
    const { session } = admission;
    // Whoever ends the sessions of a viewer may have looked before this one was there.
    if (viewer && deps.isTakenBack(viewer)) {
      await store.act({ sessionId: session.id, userId: null, action: 'terminate' });
      return { outcome: 'not_entitled', reason: 'access was taken back' };
    }
    return { outcome: 'created', session, playbackToken: await tokens.issue(session) };
  };

  return {
    async create(request) {
      const created = await create(request);
      metrics.sessionsRequested.inc({ outcome: created.outcome });
      return created;
    },
    async get(sessionId, actor) {
      const session = await store.get(sessionId);
      return session && mayUse(actor, session) ? session : null;
    },
    async act(sessionId, actor, action, position) {
      const acted = await store.act({
        sessionId,
        userId: actor?.userId ?? null,
        profileId: actor?.profileId ?? null,
        action,
        position,
      });
      metrics.actions.inc({ action, outcome: acted.outcome });
      if (acted.outcome === 'done' && !isLive(acted.session)) await endStreams(acted.session);
      return acted;
    },
    async endIfOver(sessionId) {
      const session = await store.get(sessionId);
      if (session && !isLive(session)) await endStreams(session);
    },
    async concurrency(userId) {
      const [limit, live] = await Promise.all([entitlement.limitOf(userId), store.live(userId)]);
      return { userId, limit: limit ?? deps.maxConcurrentStreams, live };
    },
    live: (userId) => store.live(userId),
    renewToken: tokens.renew,
    async validate(token) {
      const verdict = await tokens.verify(token);
      if (!verdict.valid) return verdict;
      const session = await store.get(verdict.claims.session_id);
      return session && isLive(session) ? verdict : { valid: false, reason: 'session_ended' };
    },
    async refresh(token, actor) {
      const verdict = await tokens.verify(token, { graceSeconds: REFRESH_GRACE_S });
      if (!verdict.valid) return null;
      const { claims } = verdict;
      const session = await store.get(claims.session_id);
      const refusal = whyNotRefreshed(session, claims, actor);
      if (session === null || refusal !== null) {
        logger.info({ reason: refusal, sessionId: claims.session_id }, 'refused to refresh a playback token');
        return null;
      }
      return tokens.issue(session);
    },
  };
}

function mayUse(actor: Actor, session: Session): boolean {
  if (actor === null) return true;
  const { userId, profileId } = actor;
  return session.userId === userId && (profileId === null || session.profileId === profileId);
}

function whyNotRefreshed(
  session: Session | null,
  claims: { user_id: string; content_id: string; device_id: string },
  actor: Actor,
): string | null {
  if (!session) return 'the session is unknown';
  if (!isLive(session)) return `the session is ${session.status}`;
  if (!mayUse(actor, session)) return 'the session is of another account or profile';
  const isSame =
    session.userId === claims.user_id &&
    session.catalogId === claims.content_id &&
    session.deviceId === claims.device_id;
  return isSame ? null : 'the claims are not those of the session';
}
