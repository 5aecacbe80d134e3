import { printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { answering } from '../../testing/corpus/answering.ts';
import { corpusSubgraph } from '../../testing/corpus/supergraph.ts';
import { compose } from './compose.ts';
import { type Contract, contractOf } from './contract.ts';
import { buildGraph } from './graph.ts';

const CATALOG = `
  type Query {
    films(order: Order, filter: Filter, debug: Boolean @tag(name: "operator")): [Film!]! @tag(name: "public")
    shelf: [Item] @tag(name: "public")
    costs: [Cost!]! @tag(name: "operator")
    partners: [Partner!]! @tag(name: "partner")
  }
  type Mutation { erase(id: ID!): Boolean @tag(name: "operator") }
  enum Order { NAME COST @tag(name: "operator") }
  input Filter { name: String cost: Int @tag(name: "operator") }
  interface Named { name: String @tag(name: "public") }
  union Item @tag(name: "public") = Film | Cost
  type Film implements Named @key(fields: "id") {
    id: ID! name: String @tag(name: "public")
    cost: Cost @tag(name: "operator") deal: Deal @tag(name: "partner") secret: Int @inaccessible
  }
  type Cost { amount: Int @tag(name: "operator") }
  type Partner @tag(name: "partner") { name: String deals: [Deal!]! }
  type Deal @tag(name: "partner") { text: String note: String @tag(name: "operator") }`;
const STOCK = `type Film @key(fields: "id") { id: ID! copies: Int @tag(name: "public") }`;

const catalog = corpusSubgraph('catalog', CATALOG, {
  Query: { films: () => [{ id: '1', name: 'Up', secret: 1, cost: { amount: 5 } }], costs: () => [] },
  Film: { __resolveReference: (given: object) => given },
});
const stock = corpusSubgraph('stock', STOCK, {
  Film: { __resolveReference: (given: object) => given, copies: () => 3 },
});

async function supergraphOf(schemas: string[]): Promise<string> {
  const sources = schemas.map((sdl, index) => ({
    name: `s${index}`,
    url: `http://${index}`,
    sdl,
    origin: `s${index}`,
  }));
  const composition = await compose(sources);
  if (!composition.ok) throw new Error(composition.problems.join('\n'));
  return composition.sdl;
}

const printed = (sdl: string, contract: Partial<Contract>) =>
  printSchema(buildGraph(contractOf(sdl, { include: [], exclude: [], ...contract })).schema)
    .split('\n\n')
    .map((type) => type.replace(/\s+/g, ' '))
    // What the gateway itself serves is in every graph.
    .filter((type) => !type.startsWith('directive @defer('))
    .sort();

const PUBLIC = [
  'enum Order { NAME COST }',
  'input Filter { name: String cost: Int }',
  'interface Named { name: String }',
  'type Film implements Named { name: String copies: Int }',
  'type Query { films(order: Order, filter: Filter): [Film!]! shelf: [Item] }',
  'union Item = Film',
];

describe('a contract shows', () => {
  it('what has a tag, and what that leads to', async () => {
    expect(printed(await supergraphOf([catalog.sdl, stock.sdl]), { include: ['public'] })).toEqual(PUBLIC);
  });

  it('all but what has a tag', async () => {
    expect(printed(await supergraphOf([catalog.sdl, stock.sdl]), { exclude: ['operator'] })).toEqual([
      'enum Order { NAME }',
      'input Filter { name: String }',
      'interface Named { name: String }',
      'type Deal { text: String }',
      'type Film implements Named { id: ID! name: String deal: Deal copies: Int }',
      'type Partner { name: String deals: [Deal!]! }',
      'type Query { films(order: Order, filter: Filter): [Film!]! shelf: [Item] partners: [Partner!]! }',
      'union Item = Film',
    ]);
  });

  it('what has one tag and not another', async () => {
    const contract = { include: ['partner'], exclude: ['operator'] };
    expect(printed(await supergraphOf([catalog.sdl, stock.sdl]), contract)).toEqual([
      'type Deal { text: String }',
      'type Partner { name: String deals: [Deal!]! }',
      'type Query { partners: [Partner!]! }',
    ]);
  });

  it('the same by tags that the subgraphs call otherwise', async () => {
    const renamed = [catalog.sdl, stock.sdl].map((sdl) =>
      sdl.replaceAll(' @tag(', ' @for(').replace('"@tag"', '{ name: "@tag", as: "@for" }'),
    );
    expect(printed(await supergraphOf(renamed), { include: ['public'] })).toEqual(PUBLIC);
  });

  it('types with two underscores in their name as any other', async () => {
    const sdl = await supergraphOf(
      [
        `type Query { open: Int pay: Pay__Slip @tag(name: "operator") } type Pay__Slip { sum: Money__Sum }
      enum Money__Sum { SOME ALL @tag(name: "operator") }`,
      ].map((schema) => corpusSubgraph('pay', schema, {}).sdl),
    );
    expect(printed(sdl, { exclude: ['operator'] })).toEqual(['type Query { open: Int }']);
    const shown = printed(sdl.replace('pay: Pay__Slip @tag(name: "operator")', 'pay: Pay__Slip'), {
      exclude: ['operator'],
    });
    expect(shown).toContain('enum Money__Sum { SOME }');
    expect(shown).toContain('type Pay__Slip { sum: Money__Sum }');
  });

  it('everything where it names nothing', async () => {
    const sdl = await supergraphOf([catalog.sdl, stock.sdl]);
    expect(contractOf(sdl, { include: [], exclude: ['unknown'] })).toBe(sdl);
  });
});

it('a contract that hides what it shows fields of says so', async () => {
  const sdl = await supergraphOf([
    catalog.sdl.replace('deal: Deal @tag(name: "partner")', 'deal: Deal'),
    stock.sdl,
  ]);
  expect(() => buildGraph(contractOf(sdl, { include: [], exclude: ['partner'] }))).toThrow(
    /"Deal" is @inaccessible but is referenced by "Film.deal"/,
  );
  expect(() => buildGraph(contractOf(sdl, { include: ['nobody'], exclude: [] }))).toThrow(/Query/);
});

describe('what a contract hides', () => {
  const served = () =>
    answering({ subgraphs: [catalog, stock] }, { contract: { include: ['public'], exclude: [] } });

  it('serves plans', async () => {
    const graph = await served();
    expect(await graph.answer({ query: '{ films { name copies } }' })).toEqual({
      data: { films: [{ name: 'Up', copies: 3 }] },
    });
  });

  it.each([
    '{ films { id } }',
    '{ films { cost { amount } } }',
    '{ films { secret } }',
    '{ films(debug: true) { name } }',
    'mutation { erase(id: "1") }',
    '{ shelf { ... on Cost { amount } } }',
    '{ partners { name } }',
  ])('cannot be asked for: %s', async (query) => {
    const graph = await served();
    await expect(graph.answer({ query })).rejects.toThrow(/GRAPHQL_VALIDATION_FAILED/);
    expect(graph.asked()).toEqual([]);
  });

  it('is not in the introspection', async () => {
    const graph = await served();
    const { data } = (await graph.answer({
      query:
        '{ cost: __type(name: "Cost") { name } deal: __type(name: "Deal") { name } __type(name: "Film") { fields { name } } }',
    })) as { data: object };
    expect(data).toEqual({
      cost: null,
      deal: null,
      __type: { fields: [{ name: 'name' }, { name: 'copies' }] },
    });
  });
});
