import { describe, expect, it } from 'vitest';
import { createForwarding, headerRules } from './header-rules.ts';

function sent(rules: object, client: Record<string, string | string[]>, subgraph = 'catalog') {
  const forwarding = createForwarding(headerRules.parse(rules))!;
  return forwarding.of(subgraph, forwarding.pick(client));
}

describe('headers of a client', () => {
  it('are not passed on where there are no rules', () => {
    expect(createForwarding(headerRules.parse({}))).toBeNull();
    expect(createForwarding(headerRules.parse({ all: [] }))).toBeNull();
  });

  it.each([
    ['named', { named: 'X-Tenant' }, { 'x-tenant': 'a' }],
    ['renamed', { named: 'x-tenant', rename: 'x-t' }, { 'x-t': 'a' }],
    ['by default', { named: 'x-none', default: 'b' }, { 'x-none': 'b' }],
    ['not there', { named: 'x-none' }, {}],
    ['matching', { matching: 'x-t.*' }, { 'x-tenant': 'a', 'x-test': 'c' }],
    ['matching in whole only', { matching: 'x-t' }, {}],
  ])('are passed on: %s', (_how, propagate, expected) => {
    const client = { 'x-tenant': 'a', 'x-test': 'c', 'user-agent': 'd' };
    expect(sent({ all: [{ propagate }] }, client)).toEqual(expected);
  });

  it('are inserted and removed in the order of the rules, first those for all subgraphs', () => {
    const rules = {
      all: [{ insert: { name: 'x-a', value: '1' } }, { propagate: { matching: 'x-.*' } }],
      catalog: [{ remove: { matching: 'x-[ab]' } }, { insert: { name: 'x-b', value: '2' } }],
    };
    const client = { 'x-b': 'client', 'x-c': 'client' };
    expect(sent(rules, client)).toEqual({ 'x-b': '2', 'x-c': 'client' });
    expect(sent(rules, client, 'viewing')).toEqual({ 'x-a': '1', 'x-b': 'client', 'x-c': 'client' });
  });

  it('are never those of one connection, credentials or addresses, whatever matches', () => {
    const client = {
      connection: 'keep-alive, X-Hop',
      'x-hop': '1',
      'keep-alive': '1',
      'transfer-encoding': 'chunked',
      'proxy-authorization': '1',
      host: '1',
      authorization: 'Bearer 1',
      cookie: 'a=b',
      'x-api-key': '1',
      'x-service-token': '1',
      'x-forwarded-for': '1',
      traceparent: '1',
      'set-cookie': ['a', 'b'],
      'x-fine': '1',
    };
    expect(sent({ all: [{ propagate: { matching: '.*' } }] }, client)).toEqual({ 'x-fine': '1' });
    expect(sent({ all: [{ propagate: { named: 'cookie' } }] }, client)).toEqual({ cookie: 'a=b' });
    expect(sent({ all: [{ propagate: { named: 'x-hop' } }] }, client)).toEqual({});
  });

  it('are told apart by what is passed on, not by their order or by others', () => {
    const forwarding = createForwarding(headerRules.parse({ all: [{ propagate: { matching: 'x-.*' } }] }))!;
    const key = (client: Record<string, string>) => forwarding.pick(client)?.key;
    expect(key({ 'x-a': '1', 'x-b': '2', 'user-agent': '3' })).toBe(key({ 'x-b': '2', 'x-a': '1' }));
    expect(key({ 'x-a': '1' })).not.toBe(key({ 'x-a': '2' }));
    expect(key({ 'user-agent': '3' })).toBeUndefined();
  });
});

it.each([
  [{ all: [{ propagate: { named: 'authorization' } }] }],
  [{ all: [{ propagate: { named: 'X-Service-Token' } }] }],
  [{ all: [{ propagate: { named: 'x-a', rename: 'Host' } }] }],
  [{ all: [{ insert: { name: 'content-length', value: '1' } }] }],
  [{ all: [{ insert: { name: 'x-a', value: 'a\r\nb: c' } }] }],
  [{ all: [{ insert: { name: 'x a', value: '1' } }] }],
  [{ all: [{ propagate: { matching: '(' } }] }],
  [{ all: [{ propagate: { named: 'x-a', matching: 'x' } }] }],
  [{ all: [{ forward: { named: 'x-a' } }] }],
  [{ all: { propagate: { named: 'x-a' } } }],
])('refuses %j', (rules) => {
  expect(headerRules.safeParse(rules).success).toBe(false);
});
