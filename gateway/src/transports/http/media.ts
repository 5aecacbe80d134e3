import { parameterOf, rangesOf } from '../media-ranges.ts';

/** The media type of GraphQL responses over HTTP. */
export const GRAPHQL_RESPONSE = 'application/graphql-response+json';
export const JSON_TYPE = 'application/json';

type Negotiated = typeof GRAPHQL_RESPONSE | typeof JSON_TYPE | null;

/** Clients send a handful of different headers; long ones and more than these are read each time. */
const MAX_KNOWN = 200;
const MAX_KNOWN_LENGTH = 200;
const known = new Map<string, Negotiated>();

/**
 * The media type to answer a GraphQL request with, or null when the client takes none of ours.
 * A client that does not say gets JSON, as the GraphQL-over-HTTP specification lets legacy clients expect.
 */
export function negotiate(accept: string | undefined): Negotiated {
  if (accept === undefined || accept === '' || accept === '*/*') return JSON_TYPE;
  let type = known.get(accept);
  if (type === undefined) {
    type = bestOf(accept);
    if (known.size < MAX_KNOWN && accept.length <= MAX_KNOWN_LENGTH) known.set(accept, type);
  }
  return type;
}

function bestOf(accept: string): Negotiated {
  let best: Negotiated = null;
  let bestWeight = 0;
  for (const { type, parameters, weight } of rangesOf(accept)) {
    const candidate = candidateOf(type);
    if (!candidate || !takesUtf8(parameters)) continue;
    if (weight > bestWeight) {
      best = candidate;
      bestWeight = weight;
    }
  }
  return best;
}

function candidateOf(type: string) {
  if (type === GRAPHQL_RESPONSE) return GRAPHQL_RESPONSE;
  return type === JSON_TYPE || type === '*/*' || type === 'application/*' ? JSON_TYPE : null;
}

function takesUtf8(parameters: readonly string[]): boolean {
  const charset = parameterOf(parameters, 'charset');
  return charset === undefined || /^utf-?8$/.test(charset);
}
