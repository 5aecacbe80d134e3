import {
  MAX_CONTROL_LENGTH,
  MAX_CONTROL_MESSAGES_PER_SECOND,
  type ViewerMessage,
  viewerMessage,
} from '@giggityflix/proto/data-channel';

/** What a viewer sent: a message of the protocol, something else, or more than it may send in a second. */
export type ControlInput =
  | { kind: 'message'; message: ViewerMessage }
  | { kind: 'fault' }
  | { kind: 'flood' };

/** Parses what comes from one viewer, who may send anything. */
export function createControlReader(): (input: string | Uint8Array) => ControlInput {
  let windowStart = Number.NEGATIVE_INFINITY;
  let inWindow = 0;
  return (input) => {
    const time = performance.now();
    if (time - windowStart > 1_000) {
      windowStart = time;
      inWindow = 0;
    }
    inWindow += 1;
    if (inWindow > MAX_CONTROL_MESSAGES_PER_SECOND) return { kind: 'flood' };
    if (typeof input !== 'string' || input.length > MAX_CONTROL_LENGTH) return { kind: 'fault' };
    try {
      return { kind: 'message', message: viewerMessage.parse(JSON.parse(input)) };
    } catch {
      return { kind: 'fault' };
    }
  };
}
