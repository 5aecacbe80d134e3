/**
 * Something this service depends on cannot be reached now. Callers learn when to try again, not what failed: 503 with
 * `Retry-After` over HTTP, `SERVICE_UNAVAILABLE` with `retryAfterSeconds` in GraphQL.
 */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  /** What is unavailable, as callers read it: `the session store`, `identity`. */
  readonly what: string;
  readonly retryAfterSeconds: number;

  constructor(what: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(`${what} cannot be reached`, { cause: options.cause });
    this.what = what;
    this.retryAfterSeconds = options.retryAfterSeconds ?? 2;
  }

  /** The sentence for the caller. */
  get advice(): string {
    return `${this.message}; try again in ${this.retryAfterSeconds} s`;
  }
}
