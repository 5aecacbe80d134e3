import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';

describe('the environment', () => {
  it('has a default for everything', () => {
    const { gateway } = readEnvironment({});
    expect(gateway).toMatchObject({ host: '0.0.0.0', port: 4000, executor: 'lean', introspection: true });
    expect(gateway.supergraph.subgraphs.map(({ name }) => name)).toEqual(['catalog', 'tracker', 'viewing']);
  });

  it('names every problem at once', () => {
    expect(() =>
      readEnvironment({
        PORT: '70000',
        SUBGRAPHS: 'catalog',
        GATEWAY_MAX_DEPTH: 'deep',
        GATEWAY_SAFELIST: '',
      }),
    ).toThrow(/PORT.*[\s\S]*SUBGRAPHS.*catalog[\s\S]*GATEWAY_MAX_DEPTH/);
  });

  it('names a list of operations it cannot read', () => {
    expect(() => readEnvironment({ GATEWAY_SAFELIST: '/nowhere/safelist.json' })).toThrow(
      /GATEWAY_SAFELIST is invalid: ENOENT.*safelist\.json/,
    );
    expect(() => readEnvironment({ GATEWAY_SAFELIST: import.meta.filename })).toThrow(
      /GATEWAY_SAFELIST is invalid: .*JSON/,
    );
  });

  it('takes time-outs and policies for errors of single subgraphs', () => {
    const { supergraph } = readEnvironment({
      SUBGRAPH_TIMEOUTS: 'catalog=1.5s, viewing=200ms',
      SUBGRAPH_ERRORS: 'mask, catalog=redact',
    }).gateway;
    expect([...supergraph.timeouts]).toEqual([
      ['catalog', 1_500],
      ['viewing', 200],
    ]);
    expect(supergraph.errors).toEqual({ others: 'mask', named: new Map([['catalog', 'redact']]) });
    expect(readEnvironment({}).gateway.supergraph.errors).toEqual({ others: 'pass', named: new Map() });
  });

  it.each([
    ['SUBGRAPH_TIMEOUTS', '1s'],
    ['SUBGRAPH_TIMEOUTS', 'catalog=5'],
    ['SUBGRAPH_TIMEOUTS', 'catalog=1ms'],
    ['SUBGRAPH_HEADERS', '{'],
    ['SUBGRAPH_HEADERS', '{"all": [{"propagate": {"named": "authorization"}}]}'],
    ['SUBGRAPH_ERRORS', 'hide'],
    ['SUBGRAPH_ERRORS', 'catalog=hide'],
    ['SUBGRAPH_ERRORS', 'mask,pass'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(name);
  });

  it('estimates operations when there is a limit, or someone is to know', () => {
    const demandOf = (env: Record<string, string>) => readEnvironment(env).gateway.demand;
    expect(demandOf({})).toBeNull();
    expect(demandOf({ OPERATION_LIST_SIZE: '5' })).toBeNull();
    expect(demandOf({ MAX_OPERATION_COST: '100' })).toEqual({
      max: 100,
      listSize: 10,
      report: 'never',
      budget: null,
    });
    expect(demandOf({ OPERATION_COST_PER_SEC: '7' })).toEqual({
      max: null,
      listSize: 10,
      report: 'never',
      budget: { perSecond: 7, burst: 10_000 },
    });
    expect(demandOf({ OPERATION_COST_REPORT: 'asked' })).toEqual({
      max: null,
      listSize: 10,
      report: 'asked',
      budget: null,
    });
    expect(() => demandOf({ OPERATION_COST_REPORT: 'yes' })).toThrow(/OPERATION_COST_REPORT/);
  });

  it('takes proxies by address or range', () => {
    const read = (value: string) =>
      readEnvironment({ GATEWAY_TRUSTED_PROXIES: value }).gateway.trustedProxies.ranges;
    expect(read('10.0.0.0/8, ::1')).toEqual(['10.0.0.0/8', '::1']);
    for (const wrong of ['10.0.0.0/33', 'proxy', '1.2.3'])
      expect(() => read(wrong)).toThrow(/GATEWAY_TRUSTED_PROXIES/);
  });

  it('trusts the proxies of all services, unless it has some of its own', () => {
    const all = { TRUSTED_PROXIES: '10.0.0.0/8' };
    expect(readEnvironment(all).gateway.trustedProxies.ranges).toEqual(['10.0.0.0/8']);
    const own = { ...all, GATEWAY_TRUSTED_PROXIES: '192.0.2.7' };
    expect(readEnvironment(own).gateway.trustedProxies.ranges).toEqual(['192.0.2.7']);
  });

  it('lets a supergraph file say where its subgraphs are, unless SUBGRAPHS does', () => {
    expect(readEnvironment({ SUPERGRAPH_FILE: 'x' }).gateway.supergraph.subgraphs).toEqual([]);
    const given = readEnvironment({ SUPERGRAPH_FILE: 'x', SUBGRAPHS: 'catalog=http://c:1/graphql' });
    expect(given.gateway.supergraph.subgraphs).toEqual([{ name: 'catalog', url: 'http://c:1/graphql' }]);
  });

  it('presents its own service token, or the first of those it accepts', () => {
    const tokenOf = (env: Record<string, string>) => readEnvironment(env).gateway.supergraph.serviceToken;
    expect(tokenOf({})).toBeNull();
    expect(tokenOf({ SERVICE_TOKENS: 'first,second' })).toBe('first');
    expect(tokenOf({ SERVICE_TOKENS: 'first,second', SERVICE_TOKEN: 'second' })).toBe('second');
  });

  it('offers to sign in where there is a client of a provider', () => {
    const read = (env: Record<string, string>) => readEnvironment(env).gateway.web.signIn;
    expect(read({})).toBeNull();
    expect(read({ SIGN_IN_CLIENT_ID: 'tv', AUTH_MODE: 'demo' })).toBeNull();
    expect(read({ SIGN_IN_CLIENT_ID: 'tv', AUTH_ISSUER: 'https://login.example' })).toEqual({
      issuer: 'https://login.example',
      clientId: 'tv',
      scope: 'openid profile offline_access',
      resource: null,
      origins: [],
    });
    expect(() => read({ SIGN_IN_CLIENT_ID: 'tv' })).toThrow(/SIGN_IN_CLIENT_ID needs SIGN_IN_ISSUER/);
    expect(() => read({ SIGN_IN_ISSUER: 'javascript:alert(1)' })).toThrow(/SIGN_IN_ISSUER/);
    expect(() => read({ SIGN_IN_SCOPE: 'profile' })).toThrow(/SIGN_IN_SCOPE/);
    const given = { SIGN_IN_CLIENT_ID: 'tv', SIGN_IN_ISSUER: 'https://login.example' };
    for (const origin of ['https://a.example/', "https://a.example'; script-src *", 'a.example'])
      expect(() => read({ ...given, SIGN_IN_ORIGINS: origin }), origin).toThrow(/SIGN_IN_ORIGINS/);
  });
});
