import type { AccountState, Invitation, Role } from './operations.ts';

export const ROLES: Readonly<Record<Role, string>> = {
  MEMBER: 'Watches',
  OPERATOR: 'Also manages',
  OWNER: 'Owner',
};

export const ACCOUNT_STATES: Readonly<Record<AccountState, string>> = {
  ACTIVE: 'Active',
  LIMITED: 'May watch nothing',
  CLOSED: 'Closed',
};

export const INVITATION_STATES: Readonly<Record<Invitation['state'], string>> = {
  OPEN: 'Open',
  USED: 'Used',
  EXPIRED: 'Expired',
  REVOKED: 'Taken back',
};

/** The roles that someone may give: only owners make owners. */
export const rolesOf = (giver: Role) =>
  (Object.entries(ROLES) as [Role, string][])
    .filter(([role]) => role !== 'OWNER' || giver === 'OWNER')
    .map(([value, label]) => ({ value, label }));
