import { ChannelError } from '../channel/channel-error.ts';
import { GraphQLRequestError } from '../ports/graphql.ts';

/** Why a film does not play on; `reason` is fit for the viewer. */
export type PlayerFailure =
  /** The decoder's own word: it cannot decode the form. Nothing else is this. */
  | { kind: 'undecodable'; reason: string }
  /** The peers cannot make the form. */
  | { kind: 'unsupported'; reason: string }
  /** A peer refused or failed something else. */
  | { kind: 'refused'; code: ChannelError['code']; reason: string }
  /** The bytes stopped coming: a lost network, or no peer left. */
  | { kind: 'unreadable'; reason: string }
  /** The device has no memory left for the film. */
  | { kind: 'full'; reason: string }
  /** All is well by every account, and nothing is played. */
  | { kind: 'stuck'; reason: string }
  /** An exception of the player itself. */
  | { kind: 'internal'; reason: string };

/** What is thrown where a failure is known. */
export class PlayerError extends Error {
  override readonly name = 'PlayerError';
  readonly failure: PlayerFailure;

  constructor(failure: PlayerFailure) {
    super(failure.reason);
    this.failure = failure;
  }
}

/** What an exception is; one that nobody made is the player's own. */
export function failureOf(error: unknown): PlayerFailure {
  if (error instanceof PlayerError) return error.failure;
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof ChannelError)
    return error.code === 'unsupported'
      ? { kind: 'unsupported', reason }
      : { kind: 'refused', code: error.code, reason };
  if (error instanceof GraphQLRequestError) return { kind: 'unreadable', reason };
  if ((error as { name?: string } | null)?.name === 'QuotaExceededError') return { kind: 'full', reason };
  return { kind: 'internal', reason };
}

/** Whether another form of the film may do. Whatever else fails, fails in any form. */
export function isOfForm({ kind }: PlayerFailure): boolean {
  return kind === 'undecodable' || kind === 'unsupported';
}

/** Whether the same form may do when it is attached anew. */
export function isPassing({ kind }: PlayerFailure): boolean {
  return kind === 'internal' || kind === 'full';
}
