import { readFileSync } from 'node:fs';
import { createSubgraph } from '@giggityflix/graphql';
import type { HttpServer } from '@giggityflix/http';
import type { Logger, Service } from '@giggityflix/kernel';
import { parse } from 'graphql';
import type { IdentityConfig } from '../environment.ts';
import type { Household } from '../profiles/household.ts';
import type { Access } from '../provider/access.ts';
import type { Stores } from '../stores.ts';
import { createCaller } from './caller.ts';
import type { Context } from './context.ts';
import { createOwnTokens } from './own-tokens.ts';
import { createResolvers } from './resolvers.ts';

/** The federated subgraph of accounts and their profiles. */
export function createPeopleSubgraph(
  config: IdentityConfig,
  deps: { http: HttpServer; stores: Stores; household: Household; access: Access; logger: Logger },
): Service {
  const { http, stores, household, access, logger } = deps;
  const auth = {
    mode: 'jwt',
    issuer: config.issuer,
    audience: config.audience,
    serviceTokens: config.serviceTokens,
    // Browsers reach this port, in development, too: those who hold a service token are answered, as elsewhere in production.
    production: true,
  } as const;
  return createSubgraph<Context>({
    name: 'identity',
    http,
    isLazy: true,
    typeDefs: parse(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')),
    resolvers: createResolvers({
      ...stores,
      household,
      access,
      plans: config.plans,
      issuer: config.issuer,
      invitationMs: config.lifetimes.invitationMs,
    }),
    authenticator: createOwnTokens(auth, stores.keys),
    callers: auth,
    logger,
    context: (base) => ({ ...base, caller: createCaller(base, { ...stores, household }) }),
  });
}
