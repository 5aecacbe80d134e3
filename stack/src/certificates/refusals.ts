const SECOND_MS = 1_000;

/** Nobody answered, or nobody whose certificate is trusted: nothing was counted there. */
export class AuthorityUnreached extends Error {}

/** An authority that has had enough of us for now, or is overloaded (RFC 8555, section 6.6). */
export class AuthorityBusy extends Error {
  /** When it wants to be asked again, in milliseconds since 1970; 0 when it does not say. */
  readonly retryAt: number;

  /** `retryAfter` is a header of that name: seconds, or a date (RFC 9110, section 10.2.3). */
  constructor(message: string, retryAfter: unknown) {
    super(message);
    const text = String(retryAfter ?? '');
    const at = /^\d{1,9}$/.test(text) ? Date.now() + Number(text) * SECOND_MS : Date.parse(text);
    this.retryAt = Number.isFinite(at) ? at : 0;
  }
}
