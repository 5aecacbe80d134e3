import { type Authenticator, type Identity, NOT_LIMITED } from '@giggityflix/http';

/** Signs people in by what they say of themselves: `as({ ratingLimit: 12 })` is the header of someone so limited. */
export const statedAuthenticator: Authenticator = {
  async authenticate(authorization) {
    const stated = JSON.parse(authorization?.replace('Bearer ', '') || '{}');
    const identity: Identity = {
      userId: 'ann',
      roles: ['viewer', 'operator'],
      expiresAt: null,
      issuedAt: null,
      deviceId: null,
      profileId: null,
      limits: { ...NOT_LIMITED, ...stated },
      scopes: [],
    };
    return identity;
  },
};

export const as = (limits: { ratingLimit?: number; libraries?: string[] }) =>
  `Bearer ${JSON.stringify(limits)}`;
