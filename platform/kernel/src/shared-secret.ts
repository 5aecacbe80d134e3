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
