import type { GraphQLClient } from '../ports/graphql.ts';
import type { Timers } from '../ports/timers.ts';
import { REFRESH_TOKEN } from '../session/operations.ts';

/** Part of a token's life after which it is renewed. */
const RENEW_AFTER = 0.75;
/** Least time between two renewals, in seconds. */
const LEAST_SECONDS = 5;
/** Used tokens remembered. */
const MAX_USED = 20;

/** The playback token of a session, renewed before it expires. A peer takes a token on one connection only. */
export interface PlaybackToken {
  /** Renews the token if a connection has used it. @throws GraphQLRequestError when that fails. */
  ensureUnused(): Promise<void>;
  /** Takes a new token; the peer gets it when half of the life of the one it has is over. */
  renewed(token: string): void;
  /** The present token, which counts as used from now on. */
  use(): string;
  stop(): void;
}

export function createPlaybackToken(options: {
  token: string;
  graphql: GraphQLClient;
  timers: Timers;
  /** It is time to send a new token over the connection that is open, if there is one. */
  onRenewed(): void;
}): PlaybackToken {
  const { graphql, timers } = options;
  let { token } = options;
  /** Tokens that connections have used, the latest last: heartbeats bring the same one several times. */
  let used: string[] = [];
  /** When the token that the peer has ends, in seconds since 1970. */
  let sentUntil = 0;
  let isStopped = false;
  let cancel = () => {};

  const renew = async () => {
    const { refreshPlaybackToken } = await graphql.request<{
      refreshPlaybackToken: { playbackToken: string };
    }>(REFRESH_TOKEN, { token });
    token = refreshPlaybackToken.playbackToken;
    schedule();
  };
  const schedule = () => {
    cancel();
    if (isStopped) return;
    const { iat = 0, exp = 0 } = decodeClaims(token);
    cancel = timers.after(Math.max(LEAST_SECONDS, (exp - iat) * RENEW_AFTER) * 1_000, async () => {
      await renew().catch(schedule);
      if (!used.includes(token)) options.onRenewed();
    });
  };
  schedule();

  return {
    async ensureUnused() {
      if (used.includes(token)) await renew();
    },
    renewed(next) {
      if (next === token) return;
      token = next;
      schedule();
      const { iat = 0, exp = 0 } = decodeClaims(next);
      // A token that lives longer is replaced, too: one that lives minutes is of no use to who steals it.
      if (sentUntil > 0 && (sentUntil - iat <= (exp - iat) / 2 || sentUntil > exp)) options.onRenewed();
    },
    use() {
      used = [...used.slice(-MAX_USED), token];
      sentUntil = decodeClaims(token).exp ?? 0;
      return token;
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}

function decodeClaims(token: string): { iat?: number; exp?: number } {
  try {
    return JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return {};
  }
}
