export interface EntitlementRequest {
  userId: string;
  profileId: string;
  catalogId: string;
  /** ISO 3166-1 alpha-2; null when the player did not give one. */
  region: string | null;
}

export type Entitlement =
  | {
      entitled: true;
      /** The account's own limit of streams at once; null for the configured default. */
      maxConcurrentStreams: number | null;
      /** When watching is over, in milliseconds since 1970; null for never. */
      until?: number | null;
    }
  | { entitled: false; reason: string };

/**
 * Who may watch what. `entitlement.http.ts` asks the identity service, `entitlement.embedded.ts` reads a file of accounts.
 * Both reject with UnavailableError when they have no answer and are configured to fail closed.
 */
export interface EntitlementProvider {
  check(request: EntitlementRequest): Promise<Entitlement>;
  /** The account's own limit of streams at once; null for the configured default. */
  limitOf(userId: string): Promise<number | null>;
  close(): Promise<void>;
}
