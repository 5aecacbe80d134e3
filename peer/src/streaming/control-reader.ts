import {
  MAX_CONTROL_LENGTH,
  MAX_CONTROL_MESSAGES_PER_SECOND,
  messageWithId,
  type ViewerMessage,
  viewerMessage,
} from '@giggityflix/proto/data-channel';

/** What a viewer sent: a message of the protocol, something else, or more than it may send in a second. */
export type ControlInput =
  | { kind: 'message'; message: ViewerMessage }
  /** With the id of the request that is not understood, where it has one: only that one fails. */
  | { kind: 'fault'; id?: number }
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
    let json: unknown;
    try {
      json = JSON.parse(input);
    } catch {
      return { kind: 'fault' };
    }
    const { data, success } = viewerMessage.safeParse(json);
    return success ? { kind: 'message', message: data } : { kind: 'fault', id: idOf(json) };
  };
}

function idOf(json: unknown): number | undefined {
  return messageWithId.safeParse(json).data?.id;
}
