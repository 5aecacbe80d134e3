export const AUDIT_ACTIONS = [
  'signed_up',
  'signed_in',
  'sign_in_failed',
  'locked_out',
  'signed_out',
  'device_approved',
  'device_revoked',
  'signed_out_everywhere',
  'refresh_token_reused',
  'account_changed',
  'invitation_created',
  'invitation_revoked',
  'password_changed',
  'passkey_added',
  'passkey_removed',
  'authenticator_added',
  'authenticator_removed',
  'recovery_codes_made',
  'recovery_code_used',
  'pin_removed',
  'upstream_linked',
  'upstream_unlinked',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface AuditEntry {
  /** UUIDv7. */
  id: string;
  at: Date;
  action: AuditAction;
  /** Whose safety it is about; null where nobody is known, as with an unknown login. */
  accountId: string | null;
  address: string;
  details: Readonly<Record<string, string | number | boolean | null>>;
}

/** What happened to accounts, for their owners to read. It has no passwords, codes or tokens, and nothing of unknown logins. */
export interface AuditLog {
  record(entry: Omit<AuditEntry, 'id'>): Promise<void>;
  /** The newest first, those before the entry with the id `before`; of all accounts when `accountId` is null. */
  list(query: { accountId: string | null; first: number; before: string | null }): Promise<AuditEntry[]>;
  /** Removes what is older; gives how many. */
  prune(before: Date): Promise<number>;
}
