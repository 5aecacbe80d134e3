import { describe, expect, it } from 'vitest';
import { readEnvironment, type StackConfig } from './environment.ts';
import { domainProblem } from './https.ts';
import { HTTPS_VARIABLE, type Https } from './https-choice.ts';
import { hubEnvironments } from './hub-environment.ts';
import { identityUrlOf } from './identity.ts';
import { planProcesses } from './plan.ts';
import { sharedUrl } from './screen.ts';

const withHttps = (https: Https, more: Record<string, string> = {}): StackConfig => {
  const given = {
    ...readEnvironment({ ...more, STACK_LAN_ADDRESSES: '192.168.1.7', STACK_DATA_DIR: '/data' }),
    https,
  };
  return { ...given, identityUrl: identityUrlOf(given, {}) };
};
const hubOf = (config: StackConfig) => {
  const plan = planProcesses(config);
  return {
    plan,
    hub: hubEnvironments(readEnvironment(plan.find(({ name }) => name === 'hub')!.environment)),
  };
};

describe('a home by HTTPS', () => {
  const config = withHttps({ kind: 'home' });
  const { plan, hub } = hubOf(config);

  it('has a process that keeps its certificate, which the others wait for', () => {
    expect(plan[0]).toMatchObject({ name: 'certificates', isFirst: true });
    expect(JSON.parse(plan[0]?.environment[HTTPS_VARIABLE] ?? '')).toEqual({ kind: 'home' });
  });

  it('serves the page and sign-in with it, and hands out its authority', () => {
    const files = { TLS_CERT_PATH: '/data/tls/home/server.pem', TLS_KEY_PATH: '/data/tls/home/server.key' };
    expect(hub.gateway).toMatchObject({
      ...files,
      GATEWAY_AUTHORITY_PATH: '/data/tls/home/authority.pem',
      SIGN_IN_ISSUER: 'https://giggityflix.local:8081',
    });
    expect(hub.identity).toMatchObject({
      ...files,
      PAGE_REDIRECT_URIS:
        'https://giggityflix.local:4000/,https://192.168.1.7:4000/,https://localhost:4000/,http://localhost:4000/',
    });
  });

  it('has peers reach its edge over TLS, by links that carry its authority', () => {
    const edge = plan.find(({ name }) => name === 'edge')?.environment;
    expect(edge).toMatchObject({
      GRPC_USE_TLS: 'true',
      GRPC_CERT_PATH: '/data/tls/home/server.pem',
      GRPC_KEY_PATH: '/data/tls/home/server.key',
      GRPC_PLAIN_TEXT_FROM: 'local',
    });
    expect(hub.tracker).toMatchObject({
      INVITATION_EDGES: '192.168.1.7:50051',
      INVITATION_TLS: 'true',
      INVITATION_CA_PATH: '/data/tls/home/authority.pem',
    });
  });

  it('leads new devices to what makes them trust it', () =>
    expect(sharedUrl(config)).toBe('http://192.168.1.7:4000/authority'));
});

describe('a domain', () => {
  const config = withHttps({ kind: 'domain', domain: 'films.example.org' });
  const { hub } = hubOf(config);

  it('is where people watch and sign in, with and without a port that a router maps', () => {
    expect(sharedUrl(config)).toBe('https://films.example.org');
    expect(hub.identity.AUTH_ISSUER).toBe('https://films.example.org:8081');
    const redirects = hub.identity.PAGE_REDIRECT_URIS?.split(',');
    expect(redirects?.[0]).toBe('https://films.example.org/');
    expect(redirects).toContain('https://films.example.org:4000/');
    expect(hub.gateway.ALLOWED_HOSTS).toContain('films.example.org');
  });

  it('has peers reach its edge over TLS, by the name that its certificate is for', () => {
    expect(hub.tracker).toMatchObject({
      INVITATION_EDGES: 'films.example.org:50051',
      INVITATION_TLS: 'true',
    });
    expect(hub.tracker.INVITATION_CA_PATH).toBeUndefined();
  });

  it('may be watched at under another port', () => {
    const other = withHttps({ kind: 'domain', domain: 'films.example.org' }, { STACK_PUBLIC_PORT: '8443' });
    expect(sharedUrl(other)).toBe('https://films.example.org:8443');
    expect(hubOf(other).hub.identity.PAGE_REDIRECT_URIS).toMatch(/^https:\/\/films\.example\.org:8443\/,/);
  });

  it('lets no machine ask to be let in', () => expect(hub.tracker.PEER_REQUESTS).toBe('false'));

  it.each(['films.example.org', 'a.b.c.example', 'xn--bcher-kva.example'])('may be %s', (domain) =>
    expect(domainProblem(domain)).toBeNull(),
  );
  it.each(['', 'films', 'nas.local', 'films.example.org:443', 'a..b', '../etc', '192.168.1.7', '-a.example'])(
    'is not %j',
    (domain) => expect(domainProblem(domain)).toMatch(/--domain|--https/),
  );
});

it('keeps no certificate where one is given, or none is wanted', () => {
  const names = (config: StackConfig) => planProcesses(config).map(({ name }) => name);
  const given = readEnvironment({ TLS_CERT_PATH: '/my.crt', TLS_KEY_PATH: '/my.key' });
  expect(given.https).toEqual({ kind: 'files', certPath: '/my.crt', keyPath: '/my.key' });
  for (const config of [given, readEnvironment({})]) expect(names(config)).not.toContain('certificates');
});
