import { ChannelError } from '../channel/channel-error.ts';
import { GraphQLRequestError } from '../ports/graphql.ts';
import type { Platform } from '../ports/platform.ts';
import { wait } from '../ports/timers.ts';
import type { CreatedSession } from '../session/operations.ts';
import { createSignalling } from '../session/signalling.ts';
import { connectToPeer, type PeerConnection } from './connection.ts';
import { type Form, isSameForm } from './form.ts';
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

export interface LinkStatus {
  /** `changing`: from a peer that is there to another one. */
  state: 'connecting' | 'connected' | 'reconnecting' | 'changing' | 'failed';
  message?: string;
  code?: string;
}

/** A session's connection to some peer that has the film; when one goes another takes its place. */
export interface Link {
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
  /** The form wanted now, from the place that is missing. */
  form(): Form;
  onStatus(status: LinkStatus): void;
}): Link {
  const { catalogId, created, onStatus, platform } = options;
  const { graphql, timers } = platform;
  const signalling = createSignalling(graphql, created.session.id);
  let closed = false;
  let live: PeerConnection | null = null;
  let openedFor: Form | null = null;
  let changing = false;
  /** A peer said that the session has ended, which the platform has yet to confirm: peers may say anything. */
  let saidToHaveEnded = false;
  const token = createPlaybackToken({
    token: created.playbackToken,
    graphql,
    timers,
    onRenewed: () => live?.client.renewToken(token.use()),
  });
  let current: Promise<PeerConnection> = begin('connecting');
  current.catch(() => {});

  async function begin(state: 'connecting' | 'reconnecting' | 'changing'): Promise<PeerConnection> {
    onStatus({ state });
    for (let attempt = 1; ; attempt += 1) {
      try {
        await token.ensureUnused();
        const connection = await attemptOnce(attempt);
        onStatus({ state: 'connected' });
        return connection;
      } catch (error) {
        if (closed || isFinal(error, attempt) || attempt >= MAX_ATTEMPTS) {
          const hasEnded = saidToHaveEnded && error instanceof GraphQLRequestError;
          const failure = hasEnded
            ? new ChannelError('session_ended', 'the playback session has ended')
            : error;
          if (!closed) onStatus({ state: 'failed', message: messageOf(failure), code: codeOf(failure) });
          throw failure;
        }
        onStatus({ state: state === 'changing' ? 'reconnecting' : state, message: messageOf(error) });
        await wait(timers, waitAfter(error, attempt));
      }
    }
  }

  async function attemptOnce(attempt: number): Promise<PeerConnection> {
    const form = options.form();
    const connection = await connectToPeer({
      platform,
      signalling,
      catalogId,
      token: token.use(),
      form,
      attempt,
      iceServers: created.iceServers.map(({ urls, username, credential }) => ({
        urls,
        ...(username ? { username, credential: credential ?? '' } : {}),
      })),
    });
    live = connection;
    openedFor = form;
    if (closed) connection.close();
    void connection.lost.then(() => {
      if (live !== connection) return;
      live = null;
      if (closed) return;
      saidToHaveEnded = connection.client.failure()?.code === 'session_ended';
      current = begin(changing ? 'changing' : 'reconnecting');
      current.catch(() => {});
      changing = false;
    });
    return connection;
  }

  return {
    connection: () => current,
    abandon(connection) {
      connection.close();
    },
    changePeer() {
      if (!live) return;
      changing = true;
      live.close();
    },
    async reopen() {
      const before = live;
      const connection = await current;
      const form = options.form();
      // One that was made meanwhile has been opened as it is wanted.
      if (connection !== before && isSameForm(openedFor, form)) return connection;
      openedFor = form;
      try {
        connection.opened = await connection.client.open({ token: token.use(), ...form });
        return connection;
      } catch (error) {
        // When the peer was lost meanwhile, the one that replaces it is opened as it is wanted.
        if (live !== connection && !closed) return current;
        throw error;
      }
    },
    renewToken: token.renewed,
    close() {
      closed = true;
      token.stop();
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
