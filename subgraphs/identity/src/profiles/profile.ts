import type { WatchHours } from './hours.ts';

export const MAX_PROFILES = 12;

/** Pictures that a profile may have: pages draw them. */
export const PICTURES = [
  'bear',
  'bee',
  'bird',
  'cat',
  'dog',
  'fish',
  'fox',
  'frog',
  'koala',
  'lion',
  'owl',
  'panda',
  'penguin',
  'rabbit',
  'tiger',
  'whale',
] as const;

/** Someone who watches by an account: each member of a household has one. */
export interface Profile {
  id: string;
  accountId: string;
  name: string;
  /** One of {@link PICTURES}. */
  picture: string | null;
  /** It administers nothing, whatever the role of its account. */
  isKid: boolean;
  /** Titles for a greater age, or for an unknown one, are hidden; null for no limit. */
  ratingLimit: number | null;
  /** When it may watch; null for always. */
  hours: WatchHours | null;
  /** Of the PIN without which it is neither chosen nor changed. */
  pinHash: string | null;
  /** The preferred first, as BCP 47 has them. */
  audioLanguages: readonly string[];
  subtitleLanguages: readonly string[];
  createdAt: Date;
  changedAt: Date;
}

export type ProfileValues = Omit<Profile, 'id' | 'accountId' | 'createdAt' | 'changedAt'>;

/** What a profile has that was only given a name. */
export const PLAIN: Omit<ProfileValues, 'name'> = {
  picture: null,
  isKid: false,
  ratingLimit: null,
  hours: null,
  pinHash: null,
  audioLanguages: [],
  subtitleLanguages: [],
};
