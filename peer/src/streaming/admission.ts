import type { Logger } from '@giggityflix/kernel';
import type { PeerMessage } from '@giggityflix/proto/data-channel';
import type { TokenPurpose, TokenVerifier } from './token-verifier.ts';

/** How long a viewer whose token has ended may take to send a new one, in milliseconds. */
const TOKEN_GRACE_MS = 30_000;
/** Longest delay of a Node timer, in milliseconds. */
const MAX_TIMER_MS = 2_147_483_647;
/** Gives a last message time to leave before the channel does, in milliseconds. */
const LAST_MESSAGE_MS = 50;

/** Whether a viewer may be served: from its first valid token until the last one has ended. */
export interface Admission {
  /** Checks a token; one that is refused ends the channel. Resolves with whether the viewer is admitted by it. */
  admit(token: string): Promise<boolean>;
  isAdmitted(): boolean;
  /** When the token seen last ends, in milliseconds since 1970; null before the first. */
  endsAtMs(): number | null;
  stop(): void;
}

export function createAdmission(options: {
  verifier: TokenVerifier;
  purpose: TokenPurpose;
  /** Milliseconds since 1970, as tokens count it. */
  now: () => number;
  logger: Logger;
  send(message: PeerMessage): void;
  close(reason: string): void;
}): Admission {
  let admitted = false;
  let endsAtMs: number | null = null;
  let stopped = false;
  let expiry: NodeJS.Timeout | undefined;

  const end = (message: string, reason: string) => {
    options.send({ type: 'error', code: 'unauthorized', message });
    setTimeout(() => options.close(reason), LAST_MESSAGE_MS);
  };

  return {
    async admit(token) {
      const verdict = await options.verifier.verify(token, options.purpose);
      if (stopped) return false;
      if (!verdict.ok) {
        options.logger.info({ reason: verdict.reason }, 'refused a playback token');
        end(`the playback token is refused: ${verdict.reason}`, `token ${verdict.reason}`);
        return false;
      }
      admitted = true;
      endsAtMs = verdict.expiresAtMs;
      clearTimeout(expiry);
      const leftMs = Math.max(0, verdict.expiresAtMs - options.now()) + TOKEN_GRACE_MS;
      expiry = setTimeout(
        () => end('the playback token has expired', 'token expired'),
        Math.min(leftMs, MAX_TIMER_MS),
      );
      return true;
    },
    isAdmitted: () => admitted,
    endsAtMs: () => endsAtMs,
    stop() {
      stopped = true;
      clearTimeout(expiry);
    },
  };
}
