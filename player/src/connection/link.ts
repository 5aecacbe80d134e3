import { ChannelError } from '../channel/channel-error.ts';
import { GraphQLRequestError } from '../ports/graphql.ts';
import type { Platform } from '../ports/platform.ts';
import { wait } from '../ports/timers.ts';
import type { CreatedSession } from '../session/operations.ts';
import { createSignalling } from '../session/signalling.ts';
import { createFilmSources, type FilmSources } from '../swarm/film-sources.ts';
import { connectToPeer, type PeerConnection, type QueuedConnection } from './connection.ts';
import { type Form, isSameForm } from './form.ts';
import type { Offering } from './offering.ts';
import { createPlaybackToken } from './token.ts';

/** Attempts in a row before the link fails; waits of 0.3 s doubling to 5 s between them, about 20 s. */
const MAX_ATTEMPTS = 8;
const FIRST_WAIT_MS = 300;
/** The wait after a peer that was not there, for the first attempts: the next offer goes to another one. */
const NEXT_PEER_WAIT_MS = 50;
const NEXT_PEER_ATTEMPTS = 4;
/** Peers asked for a form before none is taken to have it: the next one may have an FFmpeg. */
const MAX_UNSUPPORTED = 3;
const MAX_WAIT_MS = 5_000;
/** How long a peer without room is left alone, where it says nothing else. */
const BUSY_WAIT_MS = 5_000;
/** What further sources are opened for. */
const ORIGINAL: Form = { rendition: 'original', startSeconds: 0 };
/** The code of an offer for which there is no peer. */
const NO_PEER = 'CONTENT_UNAVAILABLE';
const QUEUED = 'the peer converts as much as it can';

export interface LinkStatus {
  /** `changing`: from a peer that is there to another one. `waiting`: until a peer has room to convert the film. */
  state: 'connecting' | 'connected' | 'reconnecting' | 'changing' | 'waiting' | 'failed';
  /** With `waiting`: the place in the peer's queue, from 1; absent where it has none. */
  position?: number;
  message?: string;
  code?: string;
}

/** A session's connection to some peer that has the film; when one goes another takes its place. */
export interface Link {
  /** Where pieces of the original come from: this peer, and further ones. */
  readonly sources: FilmSources;
  /** The present connection, once there is one. @throws when no peer can be reached. */
  connection(): Promise<PeerConnection>;
  /** Drops a connection that misbehaves. */
  abandon(connection: PeerConnection): void;
  /** Leaves a peer that is too slow for another one. */
  changePeer(): void;
  /** Opens the film anew in the form that is wanted now. @throws ChannelError when the peer refuses. */
  reopen(): Promise<PeerConnection>;
  /** Takes a new token of the session, which a heartbeat brought. */
  renewToken(token: string): void;
  close(): void;
}

export function createLink(options: {
  platform: Platform;
  catalogId: string;
  created: CreatedSession;
  /** The channel whose offer was sent along with the request for the session. */
  offering?: Offering | null;
  /** The form wanted now, from the place that is missing. */
  form(): Form;
  onStatus(status: LinkStatus): void;
  /** The film has been opened, by this peer in this form. */
  onOpened?(connection: PeerConnection): void;
  /** Fewer sources than the server allows. */
  maxSources?: number | undefined;
  /** Bytes per second to find sources for; the film's own rate unless given. */
  neededRate?: number | undefined;
}): Link {
  const { catalogId, created, onStatus, platform } = options;
  const { graphql, timers } = platform;
  const signalling = createSignalling(graphql, created.session.id, created.signals);
  /** For the first attempt alone. */
  let offered = created.offerAccepted ? options.offering : null;
  if (!offered) options.offering?.discard();
  let closed = false;
  let live: PeerConnection | null = null;
  let openedFor: Form | null = null;
  /** What follows the present connection once it is closed. */
  let next: 'reconnecting' | 'changing' | 'waiting' = 'reconnecting';
  /** The connection that waits in a peer's queue. */
  let queued: QueuedConnection | null = null;
  let isWaiting = false;
  /** A peer said that the session has ended, which the platform has yet to confirm: peers may say anything. */
  let saidToHaveEnded = false;
  const token = createPlaybackToken({
    token: created.playbackToken,
    graphql,
    timers,
    onRenewed() {
      (live ?? queued)?.client.renewToken(token.use());
      for (const { client } of sources.connections()) client.renewToken(token.use());
    },
  });
  const iceServers = created.iceServers.map(({ urls, username, credential }) => ({
    urls,
    ...(username ? { username, credential: credential ?? '' } : {}),
  }));
  const sources = createFilmSources({
    timers,
    now: () => performance.now(),
    random: Math.random,
    maxSources: Math.min(created.maxSources, options.maxSources ?? created.maxSources),
    neededRate: options.neededRate,
    connect: (source, attempt) =>
      connectToPeer({
        platform,
        signalling: signalling.source(source),
        catalogId,
        // Often there is no further peer, and then no need of another token.
        async token() {
          await token.ensureUnused();
          return token.use();
        },
        form: ORIGINAL,
        attempt,
        iceServers,
      }),
    leave: signalling.leave,
    abandon(connection, problem) {
      if (problem) signalling.leave(0, problem);
      if (problem !== 'NOT_PROVEN' && live === connection) next = 'changing';
      connection.close();
    },
  });
  let current: Promise<PeerConnection> = begin('connecting');
  current.catch(() => {});

  async function begin(
    state: 'connecting' | 'reconnecting' | 'changing' | 'waiting',
  ): Promise<PeerConnection> {
    say({ state });
    /** Peers that had no room, one after the other. */
    let refusals = state === 'waiting' ? 1 : 0;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await token.ensureUnused();
        // Another peer may have room at once; the next one is waited for.
        const connection = await attemptOnce(attempt, refusals > 0);
        isWaiting = false;
        onStatus({ state: 'connected' });
        opened(connection);
        return connection;
      } catch (error) {
        queued = null;
        if (!closed && error instanceof ChannelError && error.code === 'busy') {
          refusals += 1;
          attempt = 0;
          sayWaiting(error.message);
          await wait(timers, refusals === 1 ? NEXT_PEER_WAIT_MS : (error.retryAfterMs ?? BUSY_WAIT_MS));
          if (!closed) continue;
        }
        // One that gives its peer up does so for the next attempt.
        const hadFurther = sources.hasFurther();
        if (error instanceof GraphQLRequestError && error.code === NO_PEER) sources.yieldPeer();
        const isLast = attempt >= MAX_ATTEMPTS && !hadFurther;
        if (closed || isFinal(error, attempt) || isLast) {
          const hasEnded = saidToHaveEnded && error instanceof GraphQLRequestError;
          const failure = hasEnded
            ? new ChannelError('session_ended', 'the playback session has ended')
            : error;
          if (!closed) onStatus({ state: 'failed', message: messageOf(failure), code: codeOf(failure) });
          sources.failed(failure);
          throw failure;
        }
        say({ state: state === 'changing' ? 'reconnecting' : state, message: messageOf(error) });
        await wait(timers, waitAfter(error, attempt));
      }
    }
  }

  /** While further sources give the film, the viewer has nothing to wait for. */
  function say(status: LinkStatus): void {
    if (!sources.hasFurther()) onStatus(status);
  }

  /** The original comes from further sources too, anything else from this peer alone. */
  function opened(connection: PeerConnection): void {
    if (openedFor?.rendition === 'original') sources.opened(connection);
    else sources.suspend();
    options.onOpened?.(connection);
  }

  function sayWaiting(message: string, position?: number): void {
    if (closed) return;
    isWaiting = true;
    onStatus({ state: 'waiting', message, ...(position === undefined ? {} : { position }) });
  }

  function onQueued(waiting: QueuedConnection): void {
    queued = waiting;
    if (closed) waiting.close();
    else sayWaiting(QUEUED, waiting.position);
  }

  async function attemptOnce(attempt: number, mayQueue: boolean): Promise<PeerConnection> {
    const form = options.form();
    const unused = token.use();
    const taken = offered ?? undefined;
    offered = null;
    const connection = await connectToPeer({
      platform,
      signalling: signalling.source(0),
      catalogId,
      token: () => unused,
      form,
      offered: taken,
      attempt,
      ...(mayQueue ? { onQueued } : {}),
      iceServers,
    });
    queued = null;
    live = connection;
    openedFor = form;
    if (closed) connection.close();
    void connection.lost.then(() => {
      if (live !== connection) return;
      live = null;
      sources.interrupted();
      if (closed) return;
      saidToHaveEnded = connection.client.failure()?.code === 'session_ended';
      current = begin(next);
      current.catch(() => {});
      next = 'reconnecting';
    });
    return connection;
  }

  return {
    sources,
    connection: () => current,
    abandon(connection) {
      connection.close();
    },
    changePeer() {
      if (!live) return;
      next = 'changing';
      live.close();
    },
    async reopen() {
      const before = live;
      // It waits for a turn with a form that is not wanted any more.
      queued?.close();
      const connection = await current;
      const form = options.form();
      // One that was made meanwhile has been opened as it is wanted.
      if (connection !== before && isSameForm(openedFor, form)) return connection;
      openedFor = form;
      if (form.rendition === 'original') sources.interrupted();
      else sources.suspend();
      try {
        connection.opened = await connection.client.open({ token: token.use(), ...form }, (position) =>
          sayWaiting(QUEUED, position),
        );
        if (isWaiting) onStatus({ state: 'connected' });
        isWaiting = false;
        opened(connection);
        return connection;
      } catch (error) {
        // It has no room, not even in its queue: another one may have, and whichever it is is waited for.
        if (live === connection && !closed && error instanceof ChannelError && error.code === 'busy') {
          next = 'waiting';
          connection.close();
          await connection.lost;
          return current;
        }
        // When the peer was lost meanwhile, the one that replaces it is opened as it is wanted.
        if (live !== connection && !closed) return current;
        throw error;
      }
    },
    renewToken: token.renewed,
    close() {
      closed = true;
      token.stop();
      queued?.close();
      sources.close();
      live?.close();
      signalling.close();
    },
  };
}

function waitAfter(error: unknown, attempt: number): number {
  const wasAbsent = error instanceof ChannelError && ['unanswered', 'closed'].includes(error.code);
  if (wasAbsent && attempt <= NEXT_PEER_ATTEMPTS) return NEXT_PEER_WAIT_MS;
  return Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
}

/** Failures that another attempt does not fix. */
function isFinal(error: unknown, attempt: number): boolean {
  if (error instanceof GraphQLRequestError)
    return [
      'UNAUTHENTICATED',
      'FORBIDDEN',
      'NOT_FOUND',
      'BAD_USER_INPUT',
      'CONFLICT',
      'INVALID_TOKEN',
    ].includes(error.code);
  return error instanceof ChannelError && error.code === 'unsupported' && attempt >= MAX_UNSUPPORTED;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof GraphQLRequestError || error instanceof ChannelError ? error.code : undefined;
}
