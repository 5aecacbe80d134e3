import type { GraphQLParams } from '../../engine/operation/resolve.ts';

/** What a client may say. */
export type ClientMessage =
  | { type: 'connection_init'; payload?: Record<string, unknown> }
  | { type: 'ping' | 'pong'; payload?: unknown }
  | { type: 'subscribe'; id: string; payload: GraphQLParams }
  | { type: 'complete'; id: string };

/** Longest id of an operation, in characters: every message to the client repeats it. */
const MAX_ID_LENGTH = 128;

/** Reads a message; a string says what is wrong with it. */
export function readMessage(text: string): ClientMessage | string {
  let message: Record<string, unknown>;
  try {
    message = JSON.parse(text);
  } catch {
    return 'the message is not JSON';
  }
  if (!isRecord(message)) return 'the message is not an object';
  const { type, id, payload } = message;
  switch (type) {
    case 'connection_init':
      if (payload !== undefined && payload !== null && !isRecord(payload)) return 'payload must be an object';
      return { type, payload: (payload as Record<string, unknown> | null | undefined) ?? {} };
    case 'ping':
    case 'pong':
      if (payload !== undefined && payload !== null && !isRecord(payload)) return 'payload must be an object';
      return { type, payload };
    case 'subscribe':
      if (!isId(id)) return 'subscribe needs an id';
      if (!isRecord(payload)) return 'subscribe needs a payload';
      return { type, id, payload };
    case 'complete':
      return isId(id) ? { type, id } : 'complete needs an id';
    default:
      return `unknown message type ${JSON.stringify(type)?.slice(0, 50)}`;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_ID_LENGTH;
}
