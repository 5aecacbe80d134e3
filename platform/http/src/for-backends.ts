import type { FastifyInstance } from 'fastify';
import { isLoopbackAddress } from './client-address.ts';
import { isLocalHost } from './origin-guard.ts';
import { HttpProblem } from './problem.ts';
import { bearerOf, createServiceTokens, SERVICE_TOKEN_HEADER } from './service-tokens.ts';

const FOR_BACKENDS = new HttpProblem(401, 'Unauthorized', {
  detail: 'backends of the platform ask this, with a service token',
  headers: { 'www-authenticate': 'Bearer' },
});

/**
 * Has routes answer backends of the platform alone: those that present a service token, or, where there are none, processes of
 * this machine, and no page whose name resolves to it (DNS rebinding). Everyone else is refused before the body is read.
 */
export function forBackendsAlone(scope: FastifyInstance, serviceTokens: readonly string[]): void {
  const isServiceToken = createServiceTokens(serviceTokens);
  scope.addHook('onRequest', ({ headers, raw }, _reply, done) => {
    const presented = headers[SERVICE_TOKEN_HEADER] ?? bearerOf(headers.authorization ?? '');
    const isBackend =
      serviceTokens.length === 0
        ? isLoopbackAddress(raw.socket.remoteAddress ?? '') && isLocalHost(headers.host)
        : typeof presented === 'string' && isServiceToken(presented);
    done(isBackend ? undefined : FOR_BACKENDS);
  });
}
