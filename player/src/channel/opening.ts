import type { PeerMessage } from '@giggityflix/proto/data-channel';
import type { Timers } from '../ports/timers.ts';
import { ChannelError } from './channel-error.ts';

/** How long a peer may take to answer `open`: it may have to fetch the keys tokens are signed with. */
const OPEN_TIMEOUT_MS = 15_000;

/** What the peer says of the form that is open. */
export type Opened = PeerMessage & { type: 'opened' };

/** The `open` that waits for its response; there is one at most, as a later one replaces it. */
export interface Opening {
  /**
   * The response to the `open` of that id.
   *
   * @param onQueued called with each place in the peer's queue; without it the `open` does not wait in one.
   * @throws ChannelError `timeout` when none comes.
   */
  wait(id: number, onQueued?: (position: number) => void): Promise<Opened>;
  /** Whether a message with that id, or with none, is the response to the `open` that waits. */
  isFor(id: number | undefined): boolean;
  /** The peer will answer when it is this viewer's turn, however long that takes. False when nothing waits for a turn. */
  queue(position: number): boolean;
  /** False when nothing waits. */
  succeed(opened: Opened): boolean;
  /** False when nothing waits. */
  fail(error: ChannelError): boolean;
}

export function createOpening(timers: Timers): Opening {
  let waiting: {
    id: number;
    queue: ((position: number) => void) | null;
    resolve(opened: Opened): void;
    reject(error: ChannelError): void;
  } | null = null;
  return {
    wait(id, onQueued) {
      return new Promise<Opened>((resolve, reject) => {
        const cancel = timers.after(OPEN_TIMEOUT_MS, () => {
          if (waiting?.id === id) waiting = null;
          reject(new ChannelError('timeout', 'the peer did not answer'));
        });
        waiting = {
          id,
          queue: onQueued
            ? (position) => {
                cancel();
                onQueued(position);
              }
            : null,
          resolve(opened) {
            cancel();
            resolve(opened);
          },
          reject(error) {
            cancel();
            reject(error);
          },
        };
      });
    },
    isFor: (id) => id === undefined || id === waiting?.id,
    queue(position) {
      if (!waiting?.queue) return false;
      waiting.queue(position);
      return true;
    },
    succeed(opened) {
      const opening = waiting;
      waiting = null;
      opening?.resolve(opened);
      return opening !== null;
    },
    fail(error) {
      const opening = waiting;
      waiting = null;
      opening?.reject(error);
      return opening !== null;
    },
  };
}
