import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import type { PeerConfig } from '../environment.ts';

let authorities: Buffer | null = null;

/** The authorities of the system beside those Node.js brings along; read once, as there are hundreds. */
function knownAuthorities(): Buffer | null {
  // Older versions of Node.js know only their own, which are the default.
  if (!authorities && typeof getCACertificates === 'function')
    authorities = Buffer.from([...getCACertificates('default'), ...getCACertificates('system')].join('\n'));
  return authorities;
}

/**
 * @param authority PEM of the one to trust; by default that of the variable, or those everyone trusts.
 * @throws Error naming the variable whose file is of no use.
 */
export function createCredentials(
  tls: PeerConfig['edge']['tls'],
  authority: string | null = null,
): ChannelCredentials {
  if (!tls) return credentials.createInsecure();
  const files = {
    GRPC_CERT_PATH: tls.certPath,
    GRPC_CLIENT_KEY_PATH: tls.clientKeyPath,
    GRPC_CLIENT_CERT_PATH: tls.clientCertPath,
  };
  const read = (name: keyof typeof files) => {
    const path = files[name];
    try {
      return path ? readFileSync(path) : null;
    } catch (error) {
      throw new Error(`${name}: ${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
    }
  };
  const [given, key, certificate] = [
    read('GRPC_CERT_PATH'),
    read('GRPC_CLIENT_KEY_PATH'),
    read('GRPC_CLIENT_CERT_PATH'),
  ];
  try {
    return credentials.createSsl(
      given ?? (authority === null ? knownAuthorities() : Buffer.from(authority)),
      key,
      certificate,
    );
  } catch (error) {
    throw new Error(
      `${Object.keys(files).join(', ')}: not PEM files that TLS can use: ${(error as Error).message}`,
    );
  }
}
