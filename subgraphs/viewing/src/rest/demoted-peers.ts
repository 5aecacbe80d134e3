import { HttpProblem, hasRole, type Identity } from '@giggityflix/http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { DemotedPeer, DemotionStore } from '../demotions/demotions.ts';
import type { demotedPeersBody } from './bodies.ts';

/** What operators are shown of peers that are chosen last. */
export function registerDemotedPeers(
  app: FastifyInstance,
  deps: {
    demotions: Pick<DemotionStore, 'list'>;
    identify(request: FastifyRequest): Promise<Identity>;
    limitUser(userId: string): void;
  },
): void {
  app.get('/api/playback/demoted-peers', async (request): Promise<z.infer<typeof demotedPeersBody>> => {
    const identity = await deps.identify(request);
    if (!hasRole(identity, 'service')) {
      if (!hasRole(identity, 'operator'))
        throw new HttpProblem(403, 'Forbidden', { detail: 'this needs the role operator' });
      deps.limitUser(identity.userId);
    }
    return { demoted_peers: (await deps.demotions.list()).map(toBody) };
  });
}

function toBody({ peerId, reason, since, until, accounts }: DemotedPeer) {
  return {
    peer_id: peerId,
    reason,
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    reporting_accounts: accounts,
  };
}
