import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';
import { hubEnvironments } from './hub-environment.ts';
import { identityUrlOf } from './identity.ts';
import { sharingProblem } from './lan.ts';
import { planProcesses } from './plan.ts';
import { startScreen } from './screen.ts';

const PROVIDER = { AUTH_JWKS_URL: 'https://login.example/jwks', AUTH_ISSUER: 'https://login.example' };

it.each([
  ['half of a provider is known', { AUTH_ISSUER: 'https://login.example' }, ['192.168.1.7'], /AUTH_JWKS_URL/],
  ['everyone is signed in', { ...PROVIDER, AUTH_MODE: 'demo' }, ['192.168.1.7'], /AUTH_MODE/],
  ['there is no network', PROVIDER, [], /STACK_LAN_ADDRESSES/],
])('is not shared where %s', (_when, env, addresses, problem) => {
  expect(sharingProblem(env, { addresses })).toMatch(problem);
});

describe('a shared platform', () => {
  const config = readEnvironment({
    ...PROVIDER,
    STACK_LAN_ADDRESSES: '192.168.1.7,10.0.0.3',
    ALLOWED_HOSTS: 'tv.example',
  });
  const plan = Object.fromEntries(planProcesses(config).map(({ name, environment }) => [name, environment]));
  const hub = hubEnvironments(readEnvironment(plan.hub));

  it('may be shared', () => expect(sharingProblem(PROVIDER, config.lan!)).toBeNull());

  it('has its gateway, edge and matchmaker listen on the network, and nothing else', () => {
    expect(hub.gateway).toMatchObject({
      HOST: '0.0.0.0',
      ALLOWED_HOSTS: 'tv.example,giggityflix.local,192.168.1.7,10.0.0.3',
    });
    for (const service of [hub.catalog, hub.tracker, hub.viewing]) expect(service.HOST).toBe('127.0.0.1');
    expect(plan.edge).toMatchObject({ GRPC_SERVER_ADDRESS: '0.0.0.0:50051', HOST: '127.0.0.1' });
    expect(plan.matchmaker).toMatchObject({ MATCHMAKER_HOST: '0.0.0.0', HOST: '127.0.0.1' });
    expect(plan.peer).toMatchObject({ HTTP_HOST: '127.0.0.1', EDGE_GRPC_ADDRESS: '127.0.0.1:50051' });
  });

  it('announces STUN at its addresses', () => {
    const servers = 'stun:192.168.1.7:12345,stun:10.0.0.3:12345';
    expect([hub.viewing.STUN_SERVERS, plan.peer?.STUN_SERVERS]).toEqual([servers, servers]);
  });

  it('has the links of invitations lead to its edge, and lets machines ask for one', () =>
    expect(hub.tracker).toMatchObject({
      PEER_REQUESTS: 'true',
      INVITATION_EDGES: '192.168.1.7:50051,10.0.0.3:50051',
      INVITATION_TLS: 'false',
    }));

  it('has people sign in, and peers bring an invitation', () => {
    expect(hub.gateway).toMatchObject({ AUTH_MODE: 'jwt', ...PROVIDER });
    expect(plan.edge).toMatchObject({
      ENROLMENT: 'invitation',
      ENROLMENT_TOKENS: plan.peer?.ENROLMENT_TOKEN,
    });
  });

  it('says what listens where, and who reaches it', () => {
    const screen = stripVTControlCharacters(startScreen(config, { startedInMs: 0 }));
    expect(screen).toContain('Visitors sign in.');
    for (const where of [
      'giggityflix.local:4000',
      '192.168.1.7:4000',
      '192.168.1.7:50051',
      '192.168.1.7:12345/udp',
    ])
      expect(screen).toContain(where);
  });
});

it.each([
  [{}, /reached on this machine alone; npm start -- --lan shares it/],
  [{ HOST: '0.0.0.0' }, /reached on this machine alone, whatever HOST says; npm start -- --lan/],
])('says that it is not shared, with %o', (env, said) => {
  const screen = startScreen(readEnvironment(env), { startedInMs: 0 });
  expect(stripVTControlCharacters(screen)).toMatch(said);
});

describe('the links of invitations, by plain text at home', () => {
  const trackerOf = (given: Record<string, string>) => {
    const config = readEnvironment({ ...PROVIDER, STACK_LAN_ADDRESSES: '192.168.1.7', ...given });
    const { environment } = planProcesses(config).find(({ name }) => name === 'hub')!;
    return hubEnvironments(readEnvironment(environment)).tracker;
  };
  const elsewhere = { INVITATION_EDGES: 'films.example.org:443' };

  it('lead over TLS to edges that the operator names, unless that is said, too', () => {
    // Undefined is the default of the tracker: with TLS.
    expect(trackerOf(elsewhere)).toMatchObject({ ...elsewhere, INVITATION_TLS: undefined });
    expect(trackerOf({ ...elsewhere, INVITATION_TLS: 'false' })).toMatchObject({ INVITATION_TLS: 'false' });
  });

  it('lead to the edge at home where the operator names none', () =>
    expect(trackerOf({ INVITATION_EDGES: '' })).toMatchObject({
      INVITATION_EDGES: '192.168.1.7:50051',
      INVITATION_TLS: 'false',
    }));
});

describe('a shared platform without a provider', () => {
  const given = { ...readEnvironment({ STACK_LAN_ADDRESSES: '192.168.1.7,10.0.0.3' }) };
  const config = { ...given, identityUrl: identityUrlOf(given, {}) };
  const plan = Object.fromEntries(planProcesses(config).map(({ name, environment }) => [name, environment]));
  const hub = hubEnvironments(readEnvironment(plan.hub));
  const issuer = 'http://192.168.1.7:8081';

  it('may be shared', () => expect(sharingProblem({}, config.lan!)).toBeNull());

  it('has people sign in at an identity service of its own', () => {
    const trust = { AUTH_MODE: 'jwt', AUTH_ISSUER: issuer };
    for (const service of [hub.identity, hub.gateway, hub.viewing, hub.catalog, hub.tracker])
      expect(service).toMatchObject({
        ...trust,
        AUTH_JWKS_URL: 'http://127.0.0.1:8081/.well-known/jwks.json',
      });
    expect(hub.gateway).toMatchObject({ SIGN_IN_ISSUER: issuer, SIGN_IN_CLIENT_ID: 'giggityflix-page' });
    expect(hub.viewing.IDENTITY_SERVICE_URL).toBe('http://127.0.0.1:8081');
    expect(hub.viewing.SERVICE_TOKEN).toBe(hub.identity.SERVICE_TOKENS);
  });

  it('leads back to the page under each of its names', () => {
    expect(hub.identity).toMatchObject({
      HOST: '0.0.0.0',
      PAGE_REDIRECT_URIS:
        'http://192.168.1.7:4000/,http://10.0.0.3:4000/,http://giggityflix.local:4000/,http://localhost:4000/',
    });
  });

  it('shows the owner how to begin, once', () => {
    const link = `${issuer}/invitation/secret`;
    const screen = (setUpLink: string | null) =>
      stripVTControlCharacters(startScreen(config, { startedInMs: 0, setUpLink }));
    expect(screen(link)).toContain(link);
    expect(screen(link)).toContain('to become the owner');
    expect(screen(null)).not.toContain('owner');
    expect(screen(null)).toContain(`Sign in     ${issuer}`);
  });

  it('is reached by people at the address that is given', () => {
    const named = { ...given, identityUrl: 'http://tv.example:8081' };
    expect(identityUrlOf(named, {})).toBe('http://tv.example:8081');
    expect(identityUrlOf(named, { AUTH_JWKS_URL: 'https://login.example/jwks' })).toBeNull();
    expect(identityUrlOf({ ...named, lan: null }, {})).toBeNull();
  });
});

it('is not shared by accident', () => {
  const config = { ...readEnvironment({ ...PROVIDER, STACK_LAN_ADDRESSES: '192.168.1.7' }), lan: null };
  const hub = planProcesses(config).find(({ name }) => name === 'hub')!.environment;
  expect(readEnvironment(hub).lan).toBeNull();
});
