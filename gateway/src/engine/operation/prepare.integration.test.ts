import { afterEach, describe, expect, it, vi } from 'vitest';
import { answering } from '../../../testing/corpus/answering.ts';
import { corpusSubgraph } from '../../../testing/corpus/supergraph.ts';
import { viewer } from '../../../testing/identities.ts';
import { createOperationStore } from './prepare.ts';

const limits = { tokens: 1_000, depth: 50, aliases: 100, selections: 1_000 };

it.each([
  ['subscription { n }', 'the schema has no subscriptions'],
  ['mutation { n }', 'the schema has no mutations'],
])('%s is refused for what it is', async (query, message) => {
  const only = corpusSubgraph('only', 'type Query { n: Int }', { Query: { n: () => 1 } });
  const { graph } = await answering({ subgraphs: [only] });
  const preparation = createOperationStore(graph, { limits, introspection: true }).prepare(query, undefined);
  expect(preparation).toMatchObject({
    ok: false,
    errors: [{ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
  });
});

describe('a field that moves by and by', () => {
  afterEach(() => void vi.restoreAllMocks());
  const graphOf = (label: string, options?: Parameters<typeof answering>[1]) => {
    const type = 'type Thing @key(fields: "id")';
    const before = corpusSubgraph('before', `type Query { thing: Thing } ${type} { id: ID! place: String }`, {
      Query: { thing: () => ({ id: '1', place: 'before' }) },
    });
    const after = corpusSubgraph(
      'after',
      `${type} { id: ID! place: String @override(from: "before", label: "${label}") }`,
      { Thing: { __resolveReference: () => ({ id: '1', place: 'after' }) } },
    );
    return answering({ subgraphs: [before, after] }, options);
  };

  it('is asked of the new subgraph in the share of requests its label says', async () => {
    const { answer } = await graphOf('percent(25)');
    const places = async (chance: number, executor: 'lean' | 'apollo') => {
      vi.spyOn(Math, 'random').mockReturnValue(chance);
      return answer({ query: '{ thing { place } }' }, executor, null);
    };
    for (const executor of ['lean', 'apollo'] as const) {
      expect(await places(0, executor)).toEqual({ data: { thing: { place: 'after' } } });
      expect(await places(0.2499, executor)).toEqual({ data: { thing: { place: 'after' } } });
      expect(await places(0.25, executor)).toEqual({ data: { thing: { place: 'before' } } });
      expect(await places(0.9999, executor)).toEqual({ data: { thing: { place: 'before' } } });
    }
  });

  it('stays where it was when its label is not known, which is reported', async () => {
    const { answer, graph } = await graphOf('beta');
    expect(await answer({ query: '{ thing { place } }' })).toEqual({ data: { thing: { place: 'before' } } });
    expect(graph.overrides?.custom).toEqual(['beta']);
  });

  it('is where it was for someone signed in, each time', async () => {
    const { answer } = await graphOf('percent(50)');
    const moved = new Set<string>();
    for (let round = 0; round < 3; round++)
      for (let user = 0; user < 40; user++) {
        const userId = `user ${user}`;
        const result = await answer({ query: '{ thing { place } }' }, 'lean', { ...viewer(), userId });
        const isMoved = JSON.stringify(result).includes('after');
        if (round === 0 && isMoved) moved.add(userId);
        expect(isMoved).toBe(moved.has(userId));
      }
    expect(moved.size).toBeGreaterThan(5);
    expect(moved.size).toBeLessThan(35);
  });

  it('is where its own label says, request by request', async () => {
    const { answer } = await graphOf('beta', {
      overrideLabels: ({ identity }, labels) => new Set(identity?.userId === 'tester' ? labels : ['other']),
    });
    for (const [userId, place] of [
      ['tester', 'after'],
      ['ann', 'before'],
      ['tester', 'after'],
    ] as const)
      for (const executor of ['lean', 'apollo'] as const)
        expect(await answer({ query: '{ thing { place } }' }, executor, { ...viewer(), userId })).toEqual({
          data: { thing: { place } },
        });
  });
});

describe('fields computed from one field with different arguments', () => {
  const type = 'Part implements Priced @key(fields: "id")';
  const prices = corpusSubgraph(
    'prices',
    `type Query { p: Part q: Part priced: Priced }
     interface Priced { id: ID! }
     type ${type} { id: ID! price(in: String = "USD"): Int plain: Int }`,
    {
      Query: { p: () => part, q: () => part, priced: () => ({ __typename: 'Part', ...part }) },
      Part: { __resolveReference: () => part },
    },
  );
  const part = { id: '1', plain: 0, price: ({ in: currency }: { in: string }) => currency.length };
  const computed = (name: string, requires: string) => `${name}: Int @requires(fields: "${requires}")`;
  const sums = corpusSubgraph(
    'sums',
    `interface Priced { id: ID! a: Int b: Int }
     type ${type} {
       id: ID! price(in: String = "USD"): Int @external plain: Int @external
       ${computed('a', 'price(in: \\"A\\")')} ${computed('same', 'price(in: \\"A\\")')}
       ${computed('b', 'price(in: \\"BB\\")')} ${computed('c', 'price')} ${computed('other', 'plain')}
     }`,
    {
      Part: Object.fromEntries([
        ['__resolveReference', (given: object) => given],
        ...['a', 'same', 'b', 'c'].map((name) => [name, ({ price }: { price: number }) => price]),
        ['other', ({ plain }: { plain: number }) => plain],
      ]),
    },
  );

  it.each([
    ['{ p { a same other price(in: "CCCC") } }', { p: { a: 1, same: 1, other: 0, price: 4 } }],
    ['{ p { b price } }', { p: { b: 2, price: 3 } }],
    ['{ p { price: c a: plain } }', { p: { price: 3, a: 0 } }],
  ])('are answered one at a time: %s', async (query, data) => {
    const { answer } = await answering({ subgraphs: [prices, sums] });
    expect(await answer({ query })).toEqual({ data });
  });

  it.each([
    '{ p { a b } }',
    '{ p { x: a y: c } }',
    '{ p { ...A } q { b } } fragment A on Part { same }',
    '{ priced { a b } }',
  ])('are refused together: %s', async (query) => {
    const { graph } = await answering({ subgraphs: [prices, sums] });
    const preparation = createOperationStore(graph, { limits, introspection: true }).prepare(
      query,
      undefined,
    );
    expect(preparation).toMatchObject({
      ok: false,
      errors: [{ message: expect.stringContaining('with different arguments') }],
    });
  });
});

it('what is deferred and cannot be planned is tried once, and answered with the rest', async () => {
  const only = corpusSubgraph('only', 'type Query { n: Int }', { Query: { n: () => 1 } });
  const { graph } = await answering({ subgraphs: [only] });
  const store = createOperationStore(graph, { limits, introspection: true });
  const query = '{ n ... @defer { __schema { queryType { name } } } }';
  const planned = vi.spyOn(graph.planner, 'buildQueryPlan');
  for (let request = 0; request < 2; request++) {
    const preparation = store.prepare(query, undefined);
    if (!preparation.ok) throw new Error(JSON.stringify(preparation.errors));
    const planning = preparation.operation.under(new Map());
    if (!planning.ok) throw new Error(JSON.stringify(planning.errors));
    expect(planning.operation.deferred!()).toBeNull();
  }
  // Once whole and once in parts.
  expect(planned).toHaveBeenCalledTimes(2);
});
