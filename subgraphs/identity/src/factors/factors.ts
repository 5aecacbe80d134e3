export interface Authenticator {
  accountId: string;
  /** Encrypted: `secrets.ts` opens it. */
  secret: string;
  /** The time step of the last code that was used. */
  lastStep: number;
  createdAt: Date;
}

/** What accounts are asked for after a password: an authenticator's code, or a recovery code. */
export interface Factors {
  authenticator(accountId: string): Promise<Authenticator | null>;
  /** Takes the place of the one before, with its recovery codes, of which only the hashes are kept. */
  setAuthenticator(authenticator: Authenticator, recoveryHashes: readonly string[]): Promise<void>;
  /** With the recovery codes. False when there is none. */
  removeAuthenticator(accountId: string): Promise<boolean>;
  /** Notes that the code of a time step was used; false when it, or a later one, was used before. True for one caller alone. */
  useStep(accountId: string, step: number): Promise<boolean>;
  /** Takes the place of all recovery codes before. */
  setRecoveryCodes(accountId: string, hashes: readonly string[], at: Date): Promise<void>;
  /** True for one caller alone. */
  useRecoveryCode(accountId: string, hash: string, at: Date): Promise<boolean>;
  recoveryCodesLeft(accountId: string): Promise<number>;
}
