import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackConfig } from './environment.ts';
import type { Https } from './https-choice.ts';
import { LAN_NAME } from './lan.ts';

type Config = Pick<StackConfig, 'https' | 'dataDir'>;

/** What `--fresh` keeps: devices trust the authority, and others count how often they are asked. */
export const TLS_FOLDER = 'tls';

/** Where the certificate lies that HTTPS is served with. */
export function certificateFiles({ https, dataDir }: Config): { certPath: string; keyPath: string } | null {
  if (!https) return null;
  if (https.kind === 'files') return { certPath: https.certPath, keyPath: https.keyPath };
  const folder = tlsFolder(https, dataDir);
  return { certPath: join(folder, 'server.pem'), keyPath: join(folder, 'server.key') };
}

/** The authority of this home: its certificate is handed out, its key is not. */
export function authorityFiles({ https, dataDir }: Config): { certPath: string; keyPath: string } | null {
  if (https?.kind !== 'home') return null;
  const folder = tlsFolder(https, dataDir);
  return { certPath: join(folder, 'authority.pem'), keyPath: join(folder, 'authority.key') };
}

export function tlsFolder(https: Https, dataDir: string): string {
  return join(dataDir, TLS_FOLDER, https.kind === 'domain' ? https.domain : https.kind);
}

/** By which a person at this machine recognises the authority on another one; null where there is none. */
export function authorityFingerprint(config: Config): string | null {
  const files = authorityFiles(config);
  return files && new X509Certificate(readFileSync(files.certPath)).fingerprint256;
}

/** Names that browsers find in the certificate, the one that people are shown first; addresses are not among them. */
export function certificateNames(https: Https | null): string[] {
  if (!https) return [];
  if (https.kind === 'home') return [LAN_NAME];
  if (https.kind === 'domain') return [https.domain];
  const alternative = new X509Certificate(readFileSync(https.certPath)).subjectAltName ?? '';
  return alternative
    .split(/,\s*/)
    .flatMap((entry) => /^DNS:([a-z0-9.-]+)$/i.exec(entry)?.[1]?.toLowerCase() ?? [])
    .filter((name) => name !== 'localhost' && name !== LAN_NAME);
}

/** Where the world watches at, without a path; null where the page has no name of the internet that is kept here. */
export function publicOrigin({
  https,
  publicPort,
}: Pick<StackConfig, 'https' | 'publicPort'>): string | null {
  if (https?.kind !== 'domain') return null;
  return `https://${https.domain}${publicPort === 443 ? '' : `:${publicPort}`}`;
}

/** Whether nobody else vouches for a certificate. */
export function isSelfSigned(certPath: string): boolean {
  const certificate = new X509Certificate(readFileSync(certPath));
  return certificate.checkIssued(certificate);
}

/** Why a domain cannot be one that a public authority vouches for; null when it can. */
export function domainProblem(domain: string): string | null {
  if (
    domain.length > 253 ||
    !/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/.test(domain)
  )
    return `--domain is a name of the internet such as films.example.org, not ${JSON.stringify(domain)}`;
  return /\.(local|lan|internal|localhost|home\.arpa)$/.test(domain)
    ? `no public authority vouches for ${domain}, a name of a local network: use --https`
    : null;
}
