import type { AccessLimits, Identity } from '@giggityflix/http';

/** For whom playback acts: an account, on a profile and a sign-in where its token names them, and within limits. */
export interface Viewer {
  userId: string;
  /** Null for any profile of the account. */
  profileId: string | null;
  signInId: string | null;
  issuedAt: number | null;
  limits: AccessLimits;
}

export function viewerOf({ userId, profileId, deviceId, issuedAt, limits }: Identity): Viewer {
  return { userId, profileId, signInId: deviceId, issuedAt, limits };
}

const DEFAULT_PROFILE = 'default';

/** A token of one profile was used for another. */
export class ForeignProfile extends Error {
  override readonly name = 'ForeignProfile';
  constructor() {
    super('the token is for another profile');
  }
}

/**
 * The profile meant: the one that is named, else the token's; null when neither is there.
 * @throws ForeignProfile when the token is for another one.
 */
export function profileOf(
  viewer: Pick<Viewer, 'profileId'>,
  named: string | null | undefined,
): string | null {
  if (viewer.profileId === null) return named ?? null;
  // What players name that know of no profiles.
  if (named != null && named !== DEFAULT_PROFILE && named !== viewer.profileId) throw new ForeignProfile();
  return viewer.profileId;
}
