export interface Passkey {
  /** The credential id, in base64url. */
  id: string;
  accountId: string;
  /** In COSE form. */
  publicKey: Uint8Array<ArrayBuffer>;
  /** How often the authenticator says it has signed; 0 where it does not count. */
  counter: number;
  transports: string[];
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** What accounts sign in with; sign-ups make the first. */
export interface Credentials {
  /** The hash of an account's password; null for one without. */
  passwordHash(accountId: string): Promise<string | null>;
  setPassword(accountId: string, hash: string, at: Date): Promise<void>;
  findPasskey(id: string): Promise<Passkey | null>;
  passkeysOf(accountId: string): Promise<Passkey[]>;
  /** False when the passkey is there already, of whomever. */
  addPasskey(passkey: Omit<Passkey, 'lastUsedAt'>): Promise<boolean>;
  /** Notes a use; false when its counter did not grow, as with a copy of the authenticator. */
  usePasskey(id: string, counter: number, at: Date): Promise<boolean>;
  /** False when the account has no such passkey. */
  renamePasskey(accountId: string, id: string, name: string): Promise<boolean>;
  /** False when the account has no such passkey, or nothing else to sign in with. */
  removePasskey(accountId: string, id: string): Promise<boolean>;
}
