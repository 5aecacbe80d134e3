/** Something this service stands on cannot be reached now. Callers are told to come back, not what broke. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  /** What is away: `sessions`, `identity`, `catalog`, `tracker`. */
  readonly what: string;
  readonly retryAfterSeconds: number;

  constructor(what: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(`${what} cannot be reached`, { cause: options.cause });
    this.what = what;
    this.retryAfterSeconds = options.retryAfterSeconds ?? 2;
  }
}
