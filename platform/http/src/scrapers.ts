import {
  type AddressedRequest,
  clientAddress,
  isLoopbackAddress,
  type TrustedProxies,
  trustedProxies,
} from './client-address.ts';
import { isLocalHost } from './origin-guard.ts';

/** The variable of every listener with `/metrics`. */
export const metricsVariables = {
  METRICS_ALLOWED: trustedProxies().meta({
    description:
      'Who may read /metrics besides this machine: addresses and CIDR ranges, comma-separated, of the Prometheus servers',
  }),
};

/** Headers by which a proxy says that it asks for someone else. */
const FORWARDING = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'cf-connecting-ip',
];

/**
 * Whether a request may read the metrics, which say how much is used by how many: it comes from this machine or from
 * one of `allowed`, and not from a proxy that nobody declared, which may ask for anyone, nor from a page whose name
 * resolves to this machine (DNS rebinding).
 */
export function mayReadMetrics(
  request: AddressedRequest,
  { allowed, proxies }: { allowed: TrustedProxies; proxies: TrustedProxies },
): boolean {
  const socket = request.socket.remoteAddress ?? '';
  const isForwarded = FORWARDING.some((name) => request.headers[name] !== undefined);
  if (isForwarded && !proxies.includes(socket)) return false;
  const address = clientAddress(request, proxies);
  if (allowed.includes(address)) return true;
  const { host } = request.headers;
  return isLoopbackAddress(address) && isLocalHost(typeof host === 'string' ? host : undefined);
}
