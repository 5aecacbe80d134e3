import type { Identity } from '@giggityflix/http';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answering, answering } from '../../../testing/corpus/answering.ts';
import { vaults } from '../../../testing/corpus/vaults.ts';
import { operator, viewer } from '../../../testing/identities.ts';

let graph: Answering;
beforeAll(async () => {
  graph = await answering(vaults);
});

const denial = (...path: (string | number)[]) => ({
  message: 'Unauthorized field or type',
  path,
  extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
});

type Case = [query: string, as: Identity | null, data: unknown, denied: (string | number)[][]];

describe.each(['lean', 'apollo'] as const)('with the %s executor', (executor) => {
  it.each<Case>([
    ['{ clear me { name } }', null, { clear: 'clear', me: null }, [['me']]],
    ['{ clear me { name } }', viewer(), { clear: 'clear', me: { name: 'Ann' } }, []],
    ['{ clear moi: me { name } }', null, { clear: 'clear', moi: null }, [['moi']]],
    [
      '{ user(id: "bob") { name email } }',
      viewer(),
      { user: { name: 'Bob', email: null } },
      [['user', 'email']],
    ],
    ['{ user(id: "bob") { email } }', viewer('read:email'), { user: { email: 'bob@example.org' } }, []],
    ['{ user(id: "bob") { email } }', viewer('all', 'email'), { user: { email: 'bob@example.org' } }, []],
    [
      '{ user(id: "bob") { id email } }',
      viewer('all'),
      { user: { id: 'bob', email: null } },
      [['user', 'email']],
    ],
    [
      '{ user(id: "bob") { id salary } }',
      viewer(),
      { user: { id: 'bob', salary: null } },
      [['user', 'salary']],
    ],
    ['{ user(id: "bob") { salary } }', operator(), { user: { salary: 1 } }, []],
    // A type that is restricted, wherever it is.
    [
      '{ clear level user(id: "bob") { name code } }',
      viewer(),
      { clear: 'clear', level: null, user: { name: 'Bob', code: null } },
      [['level'], ['user', 'code']],
    ],
    [
      '{ user(id: "bob") { name vault { name } } }',
      null,
      { user: { name: 'Bob', vault: null } },
      [['user', 'vault']],
    ],
    // Null where the schema allows none goes up to the nearest place that may be.
    ['{ clear user(id: "bob") { name number } }', null, { clear: 'clear', user: null }, [['user', 'number']]],
    // Each position in a list is one of its own.
    [
      '{ users { id email } }',
      viewer(),
      {
        users: [
          { id: 'ann', email: null },
          { id: 'bob', email: null },
        ],
      },
      [
        ['users', 0, 'email'],
        ['users', 1, 'email'],
      ],
    ],
    [
      '{ grid { id salary } }',
      viewer(),
      {
        grid: [
          [
            { id: 'ann', salary: null },
            { id: 'bob', salary: null },
          ],
          [null],
        ],
      },
      [
        ['grid', 0, 0, 'salary'],
        ['grid', 0, 1, 'salary'],
      ],
    ],
    // Nothing is left of what is inside.
    ['{ clear me { email } }', viewer(), { clear: 'clear', me: null }, [['me', 'email']]],
    [
      '{ clear user(id: "ann") { friends { mail: email } } }',
      viewer(),
      { clear: 'clear', user: null },
      [['user', 'friends']],
    ],
    // Fragments of both kinds, and what they share with other selections.
    [
      '{ user(id: "bob") { ...F id } } fragment F on User { name ...G } fragment G on User { x: salary }',
      viewer(),
      { user: { name: 'Bob', x: null, id: 'bob' } },
      [['user', 'x']],
    ],
    [
      '{ user(id: "bob") { ... { id ... on User { salary } } } }',
      viewer(),
      { user: { id: 'bob', salary: null } },
      [['user', 'salary']],
    ],
    [
      '{ user(id: "bob") { friends { id } } user(id: "bob") { friends { email } } }',
      viewer(),
      {
        user: {
          friends: [
            { id: 'ann', email: null },
            { id: 'bob', email: null },
          ],
        },
      },
      [
        ['user', 'friends', 0, 'email'],
        ['user', 'friends', 1, 'email'],
      ],
    ],
    // Interfaces: their fields take what any of their types requires, their name nothing.
    [
      '{ nodes { __typename } }',
      null,
      { nodes: ['User', 'Vault', 'Box'].map((__typename) => ({ __typename })) },
      [],
    ],
    ['{ clear node { name } }', null, { clear: 'clear', node: null }, [['node', 'name']]],
    ['{ clear node { name } }', viewer(), { clear: 'clear', node: null }, [['node', 'name']]],
    ['{ node { name } }', viewer('read:boxes'), { node: { name: 'Vault' } }, []],
    [
      '{ things { ... on User { name } ... on Box { size } ... on Vault { gold } } }',
      null,
      { things: [{ name: 'Ann' }, { gold: null }, { size: 3 }, null] },
      [['things', 1, 'gold']],
    ],
    [
      '{ things { ... on Node { name } ... on Box { size } } }',
      viewer(),
      { things: [{ name: null }, { name: null }, { name: null, size: 3 }, null] },
      [0, 1, 2].map((index) => ['things', index, 'name']),
    ],
    [
      '{ nodes { ... on User { id } ... on Box { id name } } }',
      viewer(),
      { nodes: [{ id: 'ann' }, {}, { id: 'x', name: null }] },
      [['nodes', 2, 'name']],
    ],
    // Names that mean something to the planner or to JavaScript.
    [
      '{ users { id: email number: name } }',
      viewer(),
      {
        users: [
          { id: null, number: 'Ann' },
          { id: null, number: 'Bob' },
        ],
      },
      [
        ['users', 0, 'id'],
        ['users', 1, 'id'],
      ],
    ],
    [
      '{ user(id: "bob") { __typename: salary asked_id: salary constructor: email name } }',
      viewer(),
      { user: { __typename: null, asked_id: null, constructor: null, name: 'Bob' } },
      ['__typename', 'asked_id', 'constructor'].map((name) => ['user', name]),
    ],
    [
      '{ user(id: "bob") { salary: score score: salary reviews { text } } }',
      viewer(),
      { user: { salary: null, score: null, reviews: [{ text: 'by bob' }] } },
      [
        ['user', 'salary'],
        ['user', 'score'],
      ],
    ],
    // One position, selected where it is denied and where it is not.
    [
      '{ nodes { ... on User { name } ... on Node { name } } }',
      viewer(),
      { nodes: [{ name: null }, { name: null }, { name: null }] },
      [0, 1, 2].map((index) => ['nodes', index, 'name']),
    ],
    // Fields another subgraph has, keys and what `@requires` names.
    [
      '{ user(id: "bob") { score reviews { text stars } } }',
      operator(),
      { user: { score: 2, reviews: [{ text: 'by bob', stars: null }] } },
      [['user', 'reviews', 0, 'stars']],
    ],
    [
      '{ user(id: "bob") { reviews { stars } score } }',
      viewer('read:stars'),
      { user: { reviews: [{ stars: 5 }], score: null } },
      [['user', 'score']],
    ],
    [
      'mutation { ping rename(name: "x") { id } promote { id } }',
      viewer(),
      { ping: 'pong', rename: { id: 'ann' }, promote: null },
      [['promote']],
    ],
    ['mutation { rename(name: "x") { id } ping }', null, { rename: null, ping: 'pong' }, [['rename']]],
  ])('%s', async (query, as, data, denied) => {
    const expected = denied.length > 0 ? { errors: denied.map((path) => denial(...path)), data } : { data };
    expect(await graph.answer({ query }, executor, as)).toEqual(expected);
  });
});

it.each([
  '{ me { name } level }',
  '{ me { name vault { gold } } node { name } }',
  'mutation { rename(name: "x") { name } promote { name } }',
  '{ user(id: "ann") { email friends { salary } } }',
])('asks no subgraph where nothing is left: %s', async (query) => {
  graph.asked();
  const { data, errors } = (await graph.answer({ query }, 'lean', null)) as {
    data: object;
    errors: unknown[];
  };
  expect(Object.values(data).every((value) => value === null)).toBe(true);
  expect(errors.length).toBeGreaterThan(0);
  expect(graph.asked()).toEqual([]);
});

it.each([
  '{ _entities(representations: [{ __typename: "User", id: "bob" }]) { ... on User { salary } } }',
  '{ _service { sdl } }',
  '{ user(id: "bob") { ... on Vault { gold } } }',
])('there is no other way to ask: %s', async (query) => {
  graph.asked();
  await expect(graph.answer({ query }, 'lean', viewer())).rejects.toThrow('GRAPHQL_VALIDATION_FAILED');
  expect(graph.asked()).toEqual([]);
});

it('asks a subgraph for nothing that is denied', async () => {
  graph.asked();
  await graph.answer({ query: '{ users { id email salary score posted } }' }, 'lean', viewer());
  expect(graph.asked().map(({ subgraph }) => subgraph)).toEqual(['holdings']);
  await graph.answer({ query: '{ users { id email salary reviews { text stars } } }' }, 'lean', viewer());
  const queries = graph.asked().map(({ query }) => query);
  expect(queries).toHaveLength(2);
  for (const name of ['email', 'salary', 'stars']) expect(queries.join()).not.toContain(name);
});

it('keys serve the planner where the client may not see them', async () => {
  const shared = await answering({
    subgraphs: await keyedByHidden(),
  });
  const query = '{ product { name inStock } }';
  expect(await shared.answer({ query }, 'lean', null)).toEqual({
    data: { product: { name: 'p', inStock: true } },
  });
  expect(await shared.answer({ query: '{ product { id name } }' }, 'lean', null)).toEqual({
    data: { product: null },
    errors: [denial('product', 'id')],
  });
});

it('conditions decide whether what is denied is asked for at all', async () => {
  const query = 'query($yes: Boolean!) { clear me @include(if: $yes) { name } level @skip(if: $yes) }';
  expect(await graph.answer({ query, variables: { yes: true } }, 'lean', null)).toEqual({
    data: { clear: 'clear', me: null },
    errors: [denial('me')],
  });
  expect(await graph.answer({ query, variables: { yes: false } }, 'lean', null)).toEqual({
    data: { clear: 'clear', level: null },
    errors: [denial('level')],
  });
});

it('identities that follow each other on one plan cache each get their own', async () => {
  const query = '{ user(id: "bob") { id email salary } }';
  const row = { id: 'bob', email: 'bob@example.org', salary: 1 };
  const all = operator('read:email');
  for (const as of [all, null, viewer(), viewer('read:email'), all, operator(), null, all]) {
    const email = as?.scopes.includes('read:email') ? row.email : null;
    const salary = as?.roles.includes('operator') ? row.salary : null;
    expect(await graph.answer({ query }, 'lean', as)).toMatchObject({
      data: { user: { id: 'bob', email, salary } },
    });
  }
});

it('policies are what the hook grants, at once or later, and an error refuses', async () => {
  const asked: (readonly string[])[] = [];
  const hooked = await answering(vaults, {
    policies: async ({ identity }, names) => {
      asked.push(names);
      if (identity === null) throw new Error('the decision point does not answer');
      return new Set(identity.userId === 'ann' ? ['own'] : []);
    },
  });
  const query = '{ clear level user(id: "bob") { name salary } }';
  expect(await hooked.answer({ query }, 'lean', viewer())).toEqual({
    data: { clear: 'clear', level: 'HIGH', user: { name: 'Bob', salary: null } },
    errors: [denial('user', 'salary')],
  });
  expect(await hooked.answer({ query }, 'lean', { ...viewer(), userId: 'bob' })).toMatchObject({
    data: { level: null },
  });
  expect(asked[0]).toEqual(['role:operator', 'own']);
  await expect(hooked.answer({ query }, 'lean', null)).rejects.toThrow('could not be decided');
  // What needs no policy is not asked about.
  asked.length = 0;
  await hooked.answer({ query: '{ clear me { name } }' }, 'lean', viewer());
  expect(asked).toEqual([]);
});

it('an operation may be refused as a whole', async () => {
  const strict = await answering(vaults, { onUnauthorized: 'reject' });
  strict.asked();
  const query = '{ clear moi: me { name } users { email id } level @skip(if: true) }';
  expect(await strict.answer({ query }, 'lean', null)).toEqual({
    errors: [denial('moi'), denial('users'), denial('level')],
  });
  expect(strict.asked()).toEqual([]);
  expect(await strict.answer({ query: '{ clear me { name } }' }, 'lean', viewer())).toEqual({
    data: { clear: 'clear', me: { name: 'Ann' } },
  });
});

it('introspection hides nothing of it', async () => {
  const query = '{ __type(name: "User") { fields { name } } me { name } }';
  const { data } = (await graph.answer({ query }, 'lean', null)) as {
    data: { __type: { fields: { name: string }[] }; me: null };
  };
  expect(data.__type.fields.map(({ name }) => name)).toContain('salary');
  expect(data.me).toBeNull();
  const { directives } = graph.graph.schema.toConfig();
  expect(directives.map(({ name }) => name)).not.toContain('authenticated');
});

async function keyedByHidden() {
  const { corpusSubgraph } = await import('../../../testing/corpus/supergraph.ts');
  const products = corpusSubgraph(
    'products',
    'type Query { product: Product } type Product @key(fields: "id") { id: ID! @authenticated name: String }',
    { Query: { product: () => ({ id: '1', name: 'p' }) } },
  );
  const stock = corpusSubgraph(
    'stock',
    'type Product @key(fields: "id") { id: ID! @authenticated inStock: Boolean }',
    { Product: { __resolveReference: (given: object) => given, inStock: () => true } },
  );
  return [products, stock];
}
