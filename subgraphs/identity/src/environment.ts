import { busConfig, resolveTopics, type Topics } from '@giggityflix/bus';
import type { ProcessConfig } from '@giggityflix/graphql';
import {
  authProblems,
  type OriginConfig,
  REMEMBER_REVOCATIONS_MS,
  type TlsConfig,
  type TrustedProxies,
  tlsConfig,
  tlsProblems,
} from '@giggityflix/http';
import type { AccessChecksConfig } from '@giggityflix/http/access';
import { EnvironmentError, parseEnvironment, type RawEnvironment } from '@giggityflix/kernel';
import { tracingConfig } from '@giggityflix/telemetry';
import { z } from 'zod';
import { type Plans, readPlans } from './entitlements/plans.ts';
import { type Client, clientProblems, PAGE_CLIENT_ID, pageOrigins, readClients } from './provider/clients.ts';
import { readUpstreamProviders, type UpstreamProvider } from './upstream/providers.ts';
import { variables } from './variables.ts';

export { variables };

export interface IdentityConfig extends ProcessConfig {
  http: {
    host: string;
    port: number;
    /** Null where HTTP alone is served. */
    tls: TlsConfig | null;
    guard: OriginConfig;
    trustedProxies: TrustedProxies;
    metricsAllowed: TrustedProxies;
  };
  /** Under which browsers reach this service, and `iss` of tokens. */
  issuer: string;
  audience: string;
  /** Tokens of the platform's own backends. */
  serviceTokens: readonly string[];
  /** `file:…` or `postgresql://…`. */
  databaseUrl: string;
  clients: readonly Client[];
  plans: Plans;
  /** Asked what someone who is limited may watch; null for nobody. */
  catalog: AccessChecksConfig | null;
  /** Other OpenID providers by which people sign in. */
  upstream: readonly UpstreamProvider[];
  lifetimes: {
    accessTokenMs: number;
    refreshTokenMs: number;
    sessionMs: number;
    invitationMs: number;
    auditMs: number;
  };
  keyRotationMs: number;
  topics: Topics;
}

/**
 * The whole configuration, from the environment.
 * @throws EnvironmentError naming every problem at once.
 */
export function readEnvironment(raw: RawEnvironment = process.env): IdentityConfig {
  const env = parseEnvironment(z.object(variables), raw);
  const problems = [
    ...authProblems({ ...env, AUTH_MODE: 'jwt' }),
    ...issuerProblems(env),
    ...tlsProblems(env),
    ...lifetimeProblems(env),
  ];
  const attempt = <T>(name: string, path: string | undefined, read: (path: string) => T): T | null => {
    if (path === undefined) return null;
    try {
      return read(path);
    } catch (error) {
      problems.push(`${name} is invalid: ${(error as Error).message}`);
      return null;
    }
  };
  const page: Client = {
    kind: 'app',
    id: PAGE_CLIENT_ID,
    name: 'Giggityflix',
    redirect_uris: env.PAGE_REDIRECT_URIS,
  };
  problems.push(
    ...clientProblems([page], env.AUTH_AUDIENCE).map(
      (problem) => `PAGE_REDIRECT_URIS is invalid: ${problem}`,
    ),
  );
  const further = attempt('CLIENTS_PATH', env.CLIENTS_PATH, readClients) ?? [];
  const clients = [page, ...further];
  problems.push(
    ...clientProblems(clients, env.AUTH_AUDIENCE)
      .filter((problem) => !problem.includes(`of the client ${PAGE_CLIENT_ID} `))
      .map((problem) => `CLIENTS_PATH is invalid: ${problem}`),
  );
  const plans = attempt('PLANS_PATH', env.PLANS_PATH, readPlans) ?? {};
  const upstream =
    attempt('UPSTREAM_PROVIDERS_PATH', env.UPSTREAM_PROVIDERS_PATH, readUpstreamProviders) ?? [];
  if (problems.length > 0) throw new EnvironmentError(problems);
  return {
    http: {
      host: env.HOST,
      port: env.PORT,
      tls: tlsConfig(env),
      guard: {
        hosts: [new URL(env.AUTH_ISSUER).host, ...env.ALLOWED_HOSTS],
        // Pages ask for tokens from where they are.
        origins: [...new Set([...clients.flatMap(pageOrigins), ...env.ALLOWED_ORIGINS])],
        hasPages: true,
      },
      trustedProxies: env.TRUSTED_PROXIES,
      metricsAllowed: env.METRICS_ALLOWED,
    },
    issuer: env.AUTH_ISSUER,
    audience: env.AUTH_AUDIENCE,
    serviceTokens: env.SERVICE_TOKENS,
    databaseUrl: env.DATABASE_URL,
    clients,
    plans,
    catalog: env.CATALOG_SERVICE_URL
      ? { url: env.CATALOG_SERVICE_URL, token: env.SERVICE_TOKEN ?? null }
      : null,
    upstream,
    lifetimes: {
      accessTokenMs: env.ACCESS_TOKEN_LIFETIME,
      refreshTokenMs: env.REFRESH_TOKEN_LIFETIME,
      sessionMs: env.SESSION_LIFETIME,
      invitationMs: env.INVITATION_LIFETIME,
      auditMs: env.AUDIT_RETENTION,
    },
    keyRotationMs: env.SIGNING_KEY_ROTATION,
    topics: resolveTopics(raw),
    logLevel: env.LOG_LEVEL,
    bus: busConfig(env),
    tracing: tracingConfig(env),
  };
}

/** What was taken back is remembered for so long where tokens are verified; a token that lives longer would count again. */
function lifetimeProblems(env: Parsed): string[] {
  return env.ACCESS_TOKEN_LIFETIME < REMEMBER_REVOCATIONS_MS
    ? []
    : [
        'ACCESS_TOKEN_LIFETIME is invalid: expected less than 1h, because a token that was taken back is remembered for an hour and one that lives longer would then be taken again',
      ];
}

type Parsed = z.output<z.ZodObject<typeof variables>>;

const OWN_MACHINE = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function issuerProblems(env: Parsed): string[] {
  const { origin, protocol, hostname } = new URL(env.AUTH_ISSUER);
  if (env.AUTH_ISSUER !== origin)
    return [`AUTH_ISSUER is invalid: expected scheme, host and port alone, such as ${origin}`];
  const isPlain = protocol === 'http:' && !OWN_MACHINE.test(hostname);
  return env.NODE_ENV === 'production' && isPlain
    ? [
        'AUTH_ISSUER is http, so passwords would travel where others read them: put TLS before it, and set it to https',
      ]
    : [];
}
