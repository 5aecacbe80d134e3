import { createHash, timingSafeEqual } from 'node:crypto';

/** Header by which a backend says what it is, beside the `Authorization` of the client it asks for. */
export const SERVICE_TOKEN_HEADER = 'x-service-token';

/** The header of a request that presents `token`; none without one. */
export function serviceTokenHeader(token: string | null): Record<string, string> {
  return token === null ? {} : { [SERVICE_TOKEN_HEADER]: token };
}

/** Whether a token is one of `known`, in a time that says nothing of them. */
export function createServiceTokens(known: readonly string[]): (presented: string) => boolean {
  const digests = known.map(digest);
  return (presented) => {
    const presentedDigest = digest(presented);
    let isKnown = false;
    for (const each of digests) isKnown = timingSafeEqual(each, presentedDigest) || isKnown;
    return isKnown;
  };
}

/** The token of an `Authorization: Bearer …` header. */
export function bearerOf(authorization: string): string | undefined {
  return /^Bearer ([\x21-\x7e]+)$/i.exec(authorization)?.[1];
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
