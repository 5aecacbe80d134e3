import type { IncomingMessage } from 'node:http';
import {
  bearerOf,
  createServiceTokens,
  isLocalHost,
  isLoopbackAddress,
  SERVICE_TOKEN_HEADER,
} from '@giggityflix/http';

export interface CallerConfig {
  /** Tokens of the platform's own backends, the gateway among them. */
  serviceTokens: readonly string[];
  production: boolean;
}

/** A backend of the platform has bounded what it passes on; anyone else may ask for whatever they like. */
export type Caller = 'platform' | 'anyone';

/** Who a request comes from, before its body is read; null for someone who is not to be answered. */
export type Callers = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => Caller | null;

/**
 * In production a subgraph answers those alone that present a service token, as `x-service-token` beside the
 * credentials of the client they ask for, or as their own bearer token. An installation without service tokens answers
 * the processes of the same machine, and no page whose name resolves to it (DNS rebinding).
 */
export function createCallers({ serviceTokens, production }: CallerConfig): Callers {
  const isServiceToken = createServiceTokens(serviceTokens);
  return ({ headers, socket }) => {
    const presented = headers[SERVICE_TOKEN_HEADER] ?? bearerOf(headers.authorization ?? '');
    if (typeof presented === 'string' && isServiceToken(presented)) return 'platform';
    if (!production) return 'anyone';
    const isLocal = isLoopbackAddress(socket.remoteAddress ?? '') && isLocalHost(headers.host);
    return isLocal && serviceTokens.length === 0 ? 'anyone' : null;
  };
}
