import { duration, integer } from '@giggityflix/kernel';
import { z } from 'zod';
import type { CertificateFiles } from './certificate.ts';

/** The variables of a listener that serves HTTPS itself. */
export const tlsVariables = {
  TLS_CERT_PATH: z.string().optional().meta({
    description:
      'TLS certificate chain (PEM), read again when it changes; with it HTTPS is served on the same port. Unset where a proxy does that',
  }),
  TLS_KEY_PATH: z.string().optional().meta({ description: 'Its private key (PEM)' }),
  TLS_PLAIN_HTTP: z.enum(['redirect', 'refuse']).default('redirect').meta({
    description:
      'With TLS, what those get who ask by plain HTTP from another machine; this machine and probes are answered',
  }),
  TLS_REDIRECT_PORT: integer(0, { max: 65_535 }).meta({
    description: 'A further port, such as 80, that leads from HTTP to HTTPS; 0 for none',
  }),
  TLS_HSTS: duration('4320h').meta({
    description: 'How long browsers are to use a public name by HTTPS alone (HSTS); 0 to leave it to them',
  }),
};

export interface TlsConfig extends CertificateFiles {
  plainHttp: 'redirect' | 'refuse';
  /** Where HTTP leads to HTTPS, too; null for nowhere. */
  redirectPort: number | null;
  hstsSeconds: number;
  /** How often the files are read, in milliseconds; 10 s unless given. */
  reloadIntervalMs?: number;
}

type Parsed = z.output<z.ZodObject<typeof tlsVariables>>;

/** What is wrong with {@link tlsVariables} together. */
export function tlsProblems({ TLS_CERT_PATH, TLS_KEY_PATH, TLS_REDIRECT_PORT }: Parsed): string[] {
  if ((TLS_CERT_PATH === undefined) !== (TLS_KEY_PATH === undefined))
    return [
      TLS_KEY_PATH === undefined
        ? 'TLS_KEY_PATH is missing: TLS_CERT_PATH needs the key of the certificate'
        : 'TLS_CERT_PATH is missing: TLS_KEY_PATH needs the certificate of the key',
    ];
  if (TLS_REDIRECT_PORT > 0 && TLS_CERT_PATH === undefined)
    return ['TLS_REDIRECT_PORT leads to HTTPS, and there is none: set TLS_CERT_PATH and TLS_KEY_PATH'];
  return [];
}

/** Null where HTTP alone is served. */
export function tlsConfig(env: Parsed): TlsConfig | null {
  if (env.TLS_CERT_PATH === undefined || env.TLS_KEY_PATH === undefined) return null;
  return {
    certPath: env.TLS_CERT_PATH,
    keyPath: env.TLS_KEY_PATH,
    plainHttp: env.TLS_PLAIN_HTTP,
    redirectPort: env.TLS_REDIRECT_PORT || null,
    hstsSeconds: Math.floor(env.TLS_HSTS / 1_000),
  };
}
