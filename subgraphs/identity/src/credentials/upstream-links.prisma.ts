import { isDuplicate, untilSettled } from '../database/conflicts.ts';
import type { Storage } from '../database/database.ts';
import type { UpstreamLinks } from './upstream-links.ts';

/** Links to other issuers than these are no way to sign in any more. */
export function createPrismaUpstreamLinks(storage: Storage, issuers: readonly string[]): UpstreamLinks {
  return {
    find: (issuer, subject) =>
      storage.ask(({ upstreamLink }) =>
        upstreamLink.findUnique({ where: { issuer_subject: { issuer, subject } } }),
      ),
    listOf: (accountId) =>
      storage.ask(({ upstreamLink }) =>
        upstreamLink.findMany({ where: { accountId }, orderBy: { createdAt: 'asc' } }),
      ),
    add: (link) =>
      storage.ask(async ({ upstreamLink }) => {
        try {
          await upstreamLink.create({ data: { ...link, lastUsedAt: link.createdAt } });
          return true;
        } catch (error) {
          if (isDuplicate(error)) return false;
          throw error;
        }
      }),
    used: ({ issuer, subject, name }, at) =>
      storage.ask(async ({ upstreamLink }) => {
        await upstreamLink.updateMany({ where: { issuer, subject }, data: { name, lastUsedAt: at } });
      }),
    remove: (accountId, { issuer, subject }) =>
      storage.ask((client) =>
        untilSettled(() =>
          client.$transaction(
            async ({ passkey, passwordCredential, upstreamLink }) => {
              const rest =
                (await passwordCredential.count({ where: { accountId } })) +
                (await passkey.count({ where: { accountId } })) +
                (await upstreamLink.count({
                  where: { accountId, issuer: { in: [...issuers] }, NOT: { issuer, subject } },
                }));
              if (rest === 0) return false;
              return (await upstreamLink.deleteMany({ where: { accountId, issuer, subject } })).count > 0;
            },
            { isolationLevel: 'Serializable' },
          ),
        ),
      ),
  };
}
