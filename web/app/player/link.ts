import { ChannelError } from '@giggityflix/proto/viewer-client';
import { GraphQLRequestError, request } from '../graphql.ts';
import { type CreatedSession, REFRESH_TOKEN } from '../operations.ts';
import { connectToPeer, type PeerConnection } from './connection.ts';
import { createSignalling } from './signalling.ts';

/** Attempts in a row before the viewer is told; waits of 0.3 s doubling to 5 s between them, about 20 s. */
const MAX_ATTEMPTS = 8;
const FIRST_WAIT_MS = 300;
const MAX_WAIT_MS = 5_000;
/** Part of a token's life after which it is renewed. */
const RENEW_AFTER = 0.75;

export interface LinkStatus {
  state: 'connecting' | 'connected' | 'reconnecting' | 'failed';
  message?: string;
  code?: string;
}

/** A session's connection to some peer that has the film; when one goes another takes its place. */
export interface Link {
  /** The present connection, once there is one. @throws when no peer can be reached. */
  connection(): Promise<PeerConnection>;
  /** Drops a connection that misbehaves. */
  abandon(connection: PeerConnection): void;
  /** Opens the film anew in a form, from a place. @throws ChannelError when the peer refuses. */
  reopen(form: Form): Promise<PeerConnection>;
  retry(): void;
  close(): void;
}

interface Form {
  rendition: 'original' | 'remux' | 'transcode';
  startSeconds: number;
}

export function createLink(options: {
  catalogId: string;
  created: CreatedSession;
  form: Form;
  onStatus(status: LinkStatus): void;
}): Link {
  const { catalogId, created, onStatus } = options;
  const signalling = createSignalling(created.session.id);
  let form = options.form;
  let token = created.playbackToken;
  let tokenUsed = false;
  let closed = false;
  let live: PeerConnection | null = null;
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

  async function begin(state: 'connecting' | 'reconnecting'): Promise<PeerConnection> {
    onStatus({ state });
    for (let attempt = 1; ; attempt += 1) {
      try {
        // A peer takes a token on one connection only.
        if (tokenUsed) await renew();
        const connection = await attemptOnce();
        onStatus({ state: 'connected' });
        return connection;
      } catch (error) {
        if (closed || isFinal(error) || attempt >= MAX_ATTEMPTS) {
          if (!closed) onStatus({ state: 'failed', message: messageOf(error), code: codeOf(error) });
          throw error;
        }
        onStatus({ state: 'reconnecting', message: messageOf(error) });
        await wait(Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)));
      }
    }
  }

  async function attemptOnce(): Promise<PeerConnection> {
    tokenUsed = true;
    const connection = await connectToPeer({
      signalling,
      catalogId,
      token,
      ...form,
      iceServers: created.iceServers.map(({ urls, username, credential }) => ({
        urls,
        ...(username ? { username, credential: credential ?? '' } : {}),
      })),
    });
    live = connection;
    if (closed) connection.close();
    void connection.lost.then(() => {
      if (live !== connection) return;
      live = null;
      if (!closed) replace('reconnecting');
    });
    return connection;
  }

  function replace(state: 'connecting' | 'reconnecting') {
    current = begin(state);
    current.catch(() => {});
  }

  return {
    connection: () => current,
    abandon(connection) {
      connection.close();
    },
    async reopen(next) {
      form = next;
      const connection = await current;
      tokenUsed = true;
      const opened = await connection.client.open({ token, ...next });
      return { ...connection, opened };
    },
    retry() {
      if (!live && !closed) replace('connecting');
    },
    close() {
      closed = true;
      clearTimeout(renewal);
      live?.close();
      signalling.close();
    },
  };
}

/** Failures that another attempt cannot cure. */
function isFinal(error: unknown): boolean {
  if (error instanceof GraphQLRequestError)
    return [
      'UNAUTHENTICATED',
      'FORBIDDEN',
      'NOT_FOUND',
      'BAD_USER_INPUT',
      'CONFLICT',
      'INVALID_TOKEN',
    ].includes(error.code);
  return error instanceof ChannelError && error.code === 'unsupported';
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
