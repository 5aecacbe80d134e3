import type { ChannelErrorCode } from '@giggityflix/proto/data-channel';

/** The peer refused or failed a request. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
  readonly code: ChannelErrorCode | 'closed' | 'timeout' | 'unanswered' | 'not_proven' | 'no_peer';

  /** With `busy`: how long to wait before asking again, where the peer says so. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ChannelError['code'], message: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}
