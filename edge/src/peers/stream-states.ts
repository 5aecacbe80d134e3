import { status } from '@grpc/grpc-js';
import type { CallFailure } from '../grpc/wire.ts';
import { type CloseReason, type StreamEvent, type StreamState, TRANSITIONS } from './transitions.ts';

/** One step of a stream, with all that depends on it. */
export interface StreamChange {
  from: StreamState;
  to: StreamState;
  /** The status to end the call with; null where it has ended already, or stays open. */
  code: status | null;
  details: string;
  trailers: CallFailure['trailers'];
  /** Why the connection is closed; null where it is not, or there is none. */
  reason: CloseReason | null;
}

export interface StreamStates {
  readonly current: StreamState;
  /**
   * Applies an event and returns whether the state has it in its row. `given` explains it to the peer; the status of
   * a refusal is its own.
   */
  apply(event: StreamEvent, given?: Partial<CallFailure>): boolean;
}

/** The state of one stream, which nothing but {@link TRANSITIONS} changes. */
export function createStreamStates(onChange: (change: StreamChange) => void): StreamStates {
  let current: StreamState = 'connected';
  return {
    get current() {
      return current;
    },
    apply(event, given) {
      const transition = TRANSITIONS[current][event];
      if (!transition) return false;
      const from = current;
      current = transition.to;
      if (from === current) return true;
      const code = transition.status === undefined ? (given?.code ?? null) : status[transition.status];
      onChange({
        from,
        to: current,
        code,
        details: given?.details ?? '',
        trailers: given?.trailers,
        reason: transition.reason ?? null,
      });
      return true;
    },
  };
}
