import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answering, answering } from '../../../testing/corpus/answering.ts';
import { media } from '../../../testing/corpus/media.ts';
import { corpusSubgraph } from '../../../testing/corpus/supergraph.ts';
import { workshop } from '../../../testing/corpus/workshop.ts';
import type { SubgraphClients } from '../../subgraphs/client.ts';
import { parseJson } from '../../subgraphs/json.ts';
import { createOperationStore } from '../operation/prepare.ts';
import { completeResponse } from './complete.ts';
import { createLeanExecutor } from './executor.lean.ts';

let graph: Answering;
beforeAll(async () => {
  graph = await answering(workshop);
});

describe('values of every kind arrive as the subgraphs gave them:', () => {
  it.each([
    [
      'those that are falsy where the planner renamed a field',
      '{ things { ... on Bolt { size name } ... on Nut { size name } } }',
      {
        things: [
          { size: 0, name: '' },
          { size: 0, name: '' },
          { size: null, name: null },
          { size: 3, name: 'b' },
        ],
      },
    ],
    [
      'those that are falsy, and what is computed of them',
      '{ ps { id n label on twice told plain } }',
      {
        ps: [
          { id: '', n: 0, label: '', on: false, twice: 0, told: '["",false]', plain: 0 },
          { id: 'b', n: 7, label: 'bolt', on: true, twice: 14, told: '["bolt",true]', plain: 0 },
          { id: '0', n: -1, label: '0', on: false, twice: -2, told: '["0",false]', plain: 0 },
        ],
      },
    ],
    [
      'what is computed of lists of lists',
      '{ p { table } }',
      { p: { table: '[[{"n":7},null],[],[{"n":0}]]' } },
    ],
    [
      'those of entities in lists of lists',
      '{ grid { twice inner } }',
      {
        grid: [
          [{ twice: 0, inner: 0 }, null],
          [],
          [
            { twice: 14, inner: 35 },
            { twice: -2, inner: -5 },
          ],
        ],
      },
    ],
    [
      'those of one subgraph at a root where the other has null',
      '{ shared { n zero extra } }',
      { shared: { n: 0, zero: false, extra: null } },
    ],
    [
      'those of lists of lists that two subgraphs share',
      '{ both { rows { n id } } }',
      { both: { rows: [[{ n: 0, id: 0 }], []] } },
    ],
  ])('%s', async (_what, query, data) => {
    expect(await graph.answer({ query })).toEqual({ data });
  });
});

describe('a value the schema does not allow is an error with its path:', () => {
  const item = corpusSubgraph(
    'items',
    `type Query { item: Item! maybe: Item any: Any! }
     type Item @key(fields: "id") { id: ID! kind: Kind! optional: Kind }
     union Any = Item | Other
     type Other { id: ID! }
     enum Kind { OPEN SECRET @inaccessible }`,
    {
      Query: { item: () => item1, maybe: () => item1, any: () => ({ __typename: 'Item', ...item1 }) },
    },
  );
  const extras = corpusSubgraph('extras', 'type Item @key(fields: "id") { id: ID! extra: String! }', {
    Item: { __resolveReference: () => null },
  });
  const item1 = { id: '', kind: 'SECRET', optional: 'SECRET' };

  it.each([
    ['an entity not found under a non-null field', '{ item { extra } }', null, ['item', 'extra']],
    ['the same under a nullable object', '{ maybe { extra } }', { maybe: null }, ['maybe', 'extra']],
    ['an inaccessible value of an enum', '{ item { kind } }', null, ['item', 'kind']],
    [
      'the same in a nullable place',
      '{ item { id optional } }',
      { item: { id: '', optional: null } },
      ['item', 'optional'],
    ],
    ['the same under other names', '{ id: item { __typename: extra } }', null, ['id', '__typename']],
  ])('%s', async (_what, query, data, path) => {
    const { answer } = await answering({ subgraphs: [item, extras] });
    for (const executor of ['lean', 'apollo'] as const)
      expect(await answer({ query }, executor)).toMatchObject({
        data,
        errors: [{ path, extensions: { code: 'INVALID_GRAPHQL' } }],
      });
  });

  it('also beside errors of subgraphs, unless one of them explains it', async () => {
    const failing = corpusSubgraph(
      'failing',
      'type Query { fails: Int } type Item @key(fields: "id") { id: ID! broken: Int! }',
      {
        Query: { fails: () => Promise.reject(new Error('fails')) },
        Item: {
          __resolveReference: () => ({ broken: () => Promise.reject(new Error('broken')) }),
        },
      },
    );
    const { answer } = await answering({ subgraphs: [item, extras, failing] });
    expect(await answer({ query: '{ fails maybe { extra } }' })).toMatchObject({
      data: { fails: null, maybe: null },
      errors: [{ path: ['fails'] }, { path: ['maybe', 'extra'], extensions: { code: 'INVALID_GRAPHQL' } }],
    });
    const broken = (await answer({ query: '{ maybe { broken } }' })) as { errors: unknown[] };
    expect(broken).toMatchObject({ data: { maybe: null }, errors: [{ path: ['maybe', 'broken'] }] });
    expect(broken.errors).toHaveLength(1);
  });

  it('but not the type of an object that a subgraph knows by its interface alone', async () => {
    const { answer } = await answering(media);
    expect(await answer({ query: '{ films { __typename kind: __typename stars } }' })).toEqual({
      data: {
        films: [
          { __typename: 'Film', kind: 'Film', stars: 0 },
          { __typename: 'Film', kind: 'Film', stars: 4 },
        ],
      },
    });
  });

  it('an object of no type that clients know', () => {
    const { problems, data } = completeResponse(
      {
        members: () => [
          { key: 'a', from: 'a', inherited: false, parent: 'Any', kind: 'typename', resolve: () => null },
        ],
      },
      {},
      () => null,
    );
    expect([data, problems]).toMatchObject([null, [{ path: [], message: expect.stringContaining('Any') }]]);
  });
});

describe('numbers', () => {
  const counters = corpusSubgraph(
    'counters',
    `scalar Long
     type Query { counter: Counter! other: Other! }
     type Counter @key(fields: "id") { id: ID! big: Long json: Long int: Int }
     type Other { id: ID! float: Float int: Int }`,
    {},
  );
  const sums = corpusSubgraph(
    'sums',
    `scalar Long
     type Counter @key(fields: "id") { id: ID! big: Long @external next: Long @requires(fields: "big") }`,
    {},
  );
  const answeringWith = async (texts: Record<string, string>) => {
    const { graph } = await answering({ subgraphs: [counters, sums] });
    const sent: string[] = [];
    const subgraphs: SubgraphClients = {
      async fetch(fetch, body) {
        sent.push(body);
        return {
          data: (parseJson(texts[fetch.subgraph]!, fetch.lossless) as { data: unknown }).data,
          errors: [],
        };
      },
      unavailable: async () => [],
      close: async () => {},
    };
    const store = createOperationStore(graph, {
      limits: { tokens: 1_000, depth: 50, aliases: 100, selections: 1_000 },
      introspection: true,
    });
    const ask = async (query: string) => {
      const preparation = store.prepare(query, undefined);
      const planning = preparation.ok ? preparation.operation.under(new Map()) : preparation;
      if (!planning.ok) throw new Error(JSON.stringify(planning.errors));
      const request = { authorization: undefined, requestId: 'test', traceparent: undefined };
      const result = await createLeanExecutor().execute({
        operation: planning.operation,
        variables: {},
        conditions: new Map(),
        subgraphs,
        request,
      });
      return JSON.stringify(result);
    };
    return { ask, sent };
  };

  it('of a custom scalar keep their digits, in the answer and on the way to another subgraph', async () => {
    const counter =
      '"__typename":"Counter","id":"1","big":9007199254740993,"json":{"a":[12345678901234567890,0.1]}';
    const { ask, sent } = await answeringWith({
      counters: `{"data":{"counter":{${counter}}}}`,
      sums: '{"data":{"_entities":[{"next":9007199254740995}]}}',
    });
    expect(await ask('{ counter { big json next } }')).toBe(
      '{"data":{"counter":{"big":9007199254740993,"json":{"a":[12345678901234567890,0.1]},"next":9007199254740995}}}',
    );
    expect(sent[1]).toContain('"big":9007199254740993');
  });

  it('of a custom scalar keep their digits, whatever it is called', async () => {
    const name = fc.stringMatching(/^[A-Za-z](_{0,2}[A-Za-z0-9]){0,8}_{0,2}$/);
    await fc.assert(
      fc.asyncProperty(name, async (scalar) => {
        // Names of federation's own are refused when subgraphs are composed.
        fc.pre(!/^(join|link)__/.test(scalar));
        fc.pre(!['ID', 'Int', 'Float', 'String', 'Boolean', 'Query'].includes(scalar));
        const subgraph = corpusSubgraph('only', `scalar ${scalar} type Query { big: ${scalar} }`, {});
        const { graph } = await answering({ subgraphs: [subgraph] });
        expect([scalar, graph.customScalars]).toEqual([scalar, true]);
      }),
      { numRuns: 25, examples: [['Big__Int'], ['my__Big__'], ['Long_']] },
    );
    const { graph } = await answering({
      subgraphs: [
        corpusSubgraph('only', 'type Query { a: ID b: Int c: [Float!]! d: String e: Boolean }', {}),
      ],
    });
    expect(graph.customScalars).toBe(false);
  });

  it.each([
    ['int', '2147483647', true],
    ['int', '-2147483648', true],
    ['int', '2147483648', false],
    ['int', '-2147483649', false],
    ['int', '9007199254740993', false],
    ['int', '1.5', false],
    ['float', '9007199254740993.5', true],
    ['id', '9007199254740991', true],
    ['id', '9007199254740993', false],
  ])('in %s: %s', async (field, text, allowed) => {
    const { ask } = await answeringWith({ counters: `{"data":{"other":{"id":"1","${field}":${text}}}}` });
    const result = JSON.parse(await ask(`{ other { ${field} } }`));
    if (allowed) expect(result).toEqual({ data: { other: { [field]: Number(text) } } });
    else expect(result.errors).toMatchObject([{ path: ['other', field] }]);
  });
});
