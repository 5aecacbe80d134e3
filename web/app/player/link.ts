import { ChannelError } from '@giggityflix/proto/viewer-client';
import { GraphQLRequestError, request } from '../graphql.ts';
import { type CreatedSession, REFRESH_TOKEN } from '../operations.ts';
import { connectToPeer, type Form, type PeerConnection } from './connection.ts';
import { createSignalling } from './signalling.ts';

/** Attempts in a row before the viewer is told; waits of 0.3 s doubling to 5 s between them, about 20 s. */
const MAX_ATTEMPTS = 8;
const FIRST_WAIT_MS = 300;
/** Peers asked for a form before none is taken to have it: the next one may have an FFmpeg. */
const MAX_UNSUPPORTED = 3;
const MAX_WAIT_MS = 5_000;
/** Part of a token's life after which it is renewed. */
const RENEW_AFTER = 0.75;

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
  close(): void;
}

export function createLink(options: {
  catalogId: string;
  created: CreatedSession;
  /** The form wanted now, from the place that is missing. */
  form(): Form;
  onStatus(status: LinkStatus): void;
}): Link {
  const { catalogId, created, onStatus } = options;
  const signalling = createSignalling(created.session.id);
  let token = created.playbackToken;
  let tokenUsed = false;
  let closed = false;
  let live: PeerConnection | null = null;
  let openedFor: Form | null = null;
  let changing = false;
  let current: Promise<PeerConnection> = begin('connecting');
  current.catch(() => {});
  let renewal = scheduleRenewal();

  async function renew(): Promise<void> {
    const { refreshPlaybackToken } = await request<{ refreshPlaybackToken: { playbackToken: string } }>(
      REFRESH_TOKEN,
      { token },
    );
    token = refreshPlaybackToken.playbackToken;
    tokenUsed = false;
    clearTimeout(renewal);
    renewal = scheduleRenewal();
  }

  function scheduleRenewal() {
    const { iat = 0, exp = 0 } = decodeClaims(token);
    const wait = Math.max(5, (exp - iat) * RENEW_AFTER) * 1_000;
    return setTimeout(async () => {
      await renew().catch(() => {
        renewal = scheduleRenewal();
      });
      if (live && !tokenUsed) {
        tokenUsed = true;
        live.client.renewToken(token);
      }
    }, wait);
  }

  async function begin(state: 'connecting' | 'reconnecting' | 'changing'): Promise<PeerConnection> {
    onStatus({ state });
    for (let attempt = 1; ; attempt += 1) {
      try {
        // A peer takes a token on one connection only.
        if (tokenUsed) await renew();
        const connection = await attemptOnce();
        onStatus({ state: 'connected' });
        return connection;
      } catch (error) {
        if (closed || isFinal(error, attempt) || attempt >= MAX_ATTEMPTS) {
          if (!closed) onStatus({ state: 'failed', message: messageOf(error), code: codeOf(error) });
          throw error;
        }
        onStatus({ state: state === 'changing' ? 'reconnecting' : state, message: messageOf(error) });
        await wait(Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)));
      }
    }
  }

  async function attemptOnce(): Promise<PeerConnection> {
    tokenUsed = true;
    const form = options.form();
    const connection = await connectToPeer({
      signalling,
      catalogId,
      token,
      form,
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
      if (connection !== before && isSame(openedFor, form)) return connection;
      openedFor = form;
      tokenUsed = true;
      try {
        connection.opened = await connection.client.open({ token, ...form });
        return connection;
      } catch (error) {
        // Of a peer that went away meanwhile, the successor is opened as it is wanted.
        if (live !== connection && !closed) return current;
        throw error;
      }
    },
    close() {
      closed = true;
      clearTimeout(renewal);
      live?.close();
      signalling.close();
    },
  };
}

/** A second more or less is no reason to begin a conversion anew. */
function isSame(one: Form | null, other: Form): boolean {
  return (
    one?.rendition === other.rendition &&
    one.maxHeight === other.maxHeight &&
    one.audioTrack === other.audioTrack &&
    Math.abs(one.startSeconds - other.startSeconds) < 1
  );
}

/** Failures that another attempt cannot cure. */
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

function decodeClaims(token: string): { iat?: number; exp?: number } {
  try {
    return JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return {};
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
