import type { Account } from '../accounts/account.ts';
import type { Profile, ProfileValues } from './profile.ts';

export type CreateOutcome = { outcome: 'created'; profile: Profile } | { outcome: 'too_many' };
export type UpdateOutcome = { outcome: 'updated'; profile: Profile } | { outcome: 'last' | 'unknown' };

/** The profiles of accounts, those of one account in the order in which they were made. */
export interface Profiles {
  /** An account that has none gets its first one, named as the account. */
  listOf(account: Pick<Account, 'id' | 'name'>, at: Date): Promise<Profile[]>;
  find(id: string): Promise<Profile | null>;
  /** At most {@link import('./profile.ts').MAX_PROFILES}, however many are made at once. */
  create(accountId: string, values: ProfileValues, at: Date): Promise<CreateOutcome>;
  /** One of each account stays no kid's, since kids may not change it back. */
  update(id: string, change: Partial<ProfileValues>, at: Date): Promise<UpdateOutcome>;
  /** The last one that is no kid's stays. Devices that chose it have chosen none. */
  remove(id: string): Promise<'removed' | 'last' | 'unknown'>;
}
