/** Something that the OpenID provider stores: a session, a grant, a code, a token. */
export interface ProviderRecord {
  payload: Record<string, unknown>;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Null until it was used, where it may be used once. */
  consumedAt: number | null;
}

export interface RecordKey {
  kind: string;
  /** Random, and a secret of the kinds that are {@link SECRET_KINDS}. */
  id: string;
}

/** Whoever reads the database does not learn what these are presented as. */
export const SECRET_KINDS: ReadonlySet<string> = new Set(['RefreshToken', 'AuthorizationCode']);

/** What the provider's library asks for, without knowing what any of it means. What has expired is not there. */
export interface ProviderRecords {
  put(key: RecordKey, record: Omit<ProviderRecord, 'consumedAt'>): Promise<void>;
  find(key: RecordKey, now: number): Promise<ProviderRecord | null>;
  /** The payload's `uid`, of sessions. */
  findByUid(kind: string, uid: string, now: number): Promise<ProviderRecord | null>;
  /** The payload's `userCode`, of device codes. */
  findByUserCode(kind: string, userCode: string, now: number): Promise<ProviderRecord | null>;
  /** True for one caller alone, however many ask at once. */
  consume(key: RecordKey, now: number): Promise<boolean>;
  remove(key: RecordKey): Promise<void>;
  /** Everything of the payload's `grantId`, the grant itself included. */
  removeGrant(grantId: string): Promise<void>;
  /** Everything of the payload's `accountId`: sessions, grants, codes, tokens. */
  removeAccount(accountId: string): Promise<void>;
  /** The sessions of an account in which the grant was given. */
  removeSessionsOf(accountId: string, grantId: string): Promise<void>;
  /** Removes what has expired; gives how many. */
  prune(now: number): Promise<number>;
}
