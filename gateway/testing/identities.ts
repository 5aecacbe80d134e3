import { type Identity, NOT_LIMITED } from '@giggityflix/http';

/** Who may do everything. */
export const OWNER: Identity = {
  userId: 'owner',
  roles: ['viewer', 'operator', 'service'],
  expiresAt: null,
  issuedAt: null,
  deviceId: null,
  profileId: null,
  limits: NOT_LIMITED,
  scopes: 'any',
};

/** A viewer whose credentials are for these scopes. */
export const viewer = (...scopes: string[]): Identity => ({
  ...OWNER,
  userId: 'ann',
  roles: ['viewer'],
  scopes,
});

export const operator = (...scopes: string[]): Identity => ({ ...viewer(...scopes), roles: ['operator'] });
