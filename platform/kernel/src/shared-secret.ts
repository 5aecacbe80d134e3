/** Shortest secret of HS256 that production takes, in bytes: as long as what SHA-256 gives (RFC 7518, section 3.2). */
const MIN_SHARED_SECRET_BYTES = 32;

/** Values of public documents, some of which are long enough. */
const DOCUMENTED = new Set(['default-secret-change-in-production', 'my-secret-key']);

/**
 * Why a secret that signs tokens with HS256 is no secret: everyone knows it, or it can be guessed from one token.
 * Null when it is one. The same rule holds where tokens are signed and where they are verified.
 */
export function sharedSecretProblem(secret: string): string | null {
  if (DOCUMENTED.has(secret)) return 'is a documented placeholder, which is public';
  const bytes = Buffer.byteLength(secret);
  return bytes < MIN_SHARED_SECRET_BYTES
    ? `has ${bytes} bytes; HS256 needs at least ${MIN_SHARED_SECRET_BYTES} that cannot be guessed (RFC 7518, section 3.2)`
    : null;
}

/** Shortest bearer token that production takes, in characters: it can only be guessed by asking. */
const MIN_TOKEN_LENGTH = 16;

/** Why a token that programs present as `Bearer` is none: it can be guessed, or not be sent. Null when it is one. */
export function bearerTokenProblem(token: string): string | null {
  if (!/^[\x21-\x7e]+$/.test(token))
    return 'has one with other characters than printable ASCII without spaces';
  return token.length < MIN_TOKEN_LENGTH
    ? `has one of ${token.length} characters; at least ${MIN_TOKEN_LENGTH} cannot be guessed`
    : null;
}
