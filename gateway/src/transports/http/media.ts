import { parameterOf, rangesOf } from '../media-ranges.ts';

/** The media type of GraphQL responses over HTTP. */
export const GRAPHQL_RESPONSE = 'application/graphql-response+json';
export const JSON_TYPE = 'application/json';

/**
 * The media type to answer a GraphQL request with, or null when the client takes none of ours.
 * A client that does not say gets JSON, as the GraphQL-over-HTTP specification lets legacy clients expect.
 */
export function negotiate(accept: string | undefined): typeof GRAPHQL_RESPONSE | typeof JSON_TYPE | null {
  if (accept === undefined || accept === '' || accept === '*/*') return JSON_TYPE;
  let best: typeof GRAPHQL_RESPONSE | typeof JSON_TYPE | null = null;
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
