import type { Logger, Part } from '@giggityflix/kernel';
import type { Accounts } from '../accounts/accounts.ts';
import type { Invitations } from './invitations.ts';

/** Until it expires, a link in a log makes an owner: it is short, and each start writes a new one. */
const LIFETIME_MS = 24 * 3_600_000;

/** While nobody has an account, writes a link to the log by which the first one becomes the owner. */
export function createSetUp(deps: {
  accounts: Accounts;
  invitations: Invitations;
  issuer: string;
  logger: Logger;
}): Part & { link(): string | null } {
  const { accounts, invitations, issuer, logger } = deps;
  let link: string | null = null;
  return {
    link: () => link,
    async start() {
      const at = new Date();
      link = null;
      await invitations.revokeSetUps(at);
      if (!(await accounts.isEmpty())) return;
      const { secret } = await invitations.create(
        { role: 'owner', plan: null, invitedBy: null, note: 'Set-up' },
        { at, lifetimeMs: LIFETIME_MS },
      );
      link = `${issuer}/invitation/${secret}`;
      logger.warn(`nobody has an account yet; whoever opens this link first becomes the owner: ${link}`);
    },
    async stop() {},
  };
}
