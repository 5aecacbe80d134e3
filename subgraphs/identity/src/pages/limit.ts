import type { IncomingMessage } from 'node:http';
import { tooMany } from '@giggityflix/http';
import type { RateLimiter } from '@giggityflix/kernel';
import type { FastifyInstance } from 'fastify';

/** Turns away who sends forms too often, before their bodies are read. */
export function limitForms(
  scope: FastifyInstance,
  deps: { addresses: RateLimiter; addressOf(request: IncomingMessage): string },
): void {
  scope.addHook('onRequest', (request, _reply, done) => {
    const waitS = request.method === 'POST' ? deps.addresses.take(deps.addressOf(request.raw)) : null;
    done(waitS === null ? undefined : tooMany('requests of one address', waitS));
  });
}
