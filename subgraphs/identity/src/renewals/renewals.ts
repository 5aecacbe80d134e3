import type { Account } from '../accounts/account.ts';
import type { Device } from '../devices/devices.ts';
import type { Candidate } from '../profiles/choice.ts';
import type { ProviderRecord } from '../records/records.ts';

/** All that one renewal of tokens depends on, as it was at one moment. What has expired is null, as what is not there. */
export interface Renewal {
  token: ProviderRecord;
  /** Of its device. */
  grant: ProviderRecord | null;
  /** Of the browser in which it was given, where it ends with that. */
  session: ProviderRecord | null;
  account: Account | null;
  device: Device | null;
  /** Of the account; none before the first was made. */
  profiles: readonly Candidate[];
}

/** What devices ask most often, each some times an hour: one question to the database, and one statement. */
export interface Renewals {
  /** Null where there is no such refresh token, or no more. */
  find(tokenId: string, now: number): Promise<Renewal | null>;
  /**
   * Marks a refresh token as used, stores the next one and notes where the device was seen: all of it or nothing. True for
   * one caller alone, however many ask at once, and false when the token is gone.
   */
  rotate(request: {
    tokenId: string;
    next: { id: string } & Omit<ProviderRecord, 'consumedAt'>;
    seen: { deviceId: string; address: string } | null;
    now: number;
  }): Promise<boolean>;
}
