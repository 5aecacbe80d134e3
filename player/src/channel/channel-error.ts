import type { ChannelErrorCode } from '@giggityflix/proto/data-channel';

/** The peer refused or failed a request. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
  readonly code: ChannelErrorCode | 'closed' | 'timeout' | 'unanswered' | 'not_proven';

  constructor(code: ChannelError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
