import { type CorpusSupergraph, corpusSubgraph } from './supergraph.ts';

export interface Row {
  readonly __typename: string;
  readonly id: string;
  readonly [field: string]: unknown;
}

const ann = { __typename: 'User', id: 'ann', name: 'Ann' };
const bob = { __typename: 'User', id: 'bob', name: 'Bob' };
const people: Row[] = [ann, bob].map((person, index) => ({
  ...person,
  email: `${person.id}@example.org`,
  salary: index,
  number: `n${index}`,
  code: { of: person.id },
  level: 'HIGH',
}));
const vault: Row = { __typename: 'Vault', id: 'v', name: 'Vault', gold: 0 };
const box: Row = { __typename: 'Box', id: 'x', name: 'Box', size: 3 };

const linked = (row: Row): Row => ({
  ...row,
  ...(row.__typename === 'User' && {
    friends: () => people.map(linked),
    vault: () => linked(vault),
    score: Number(row.salary) + 1,
    reviews: [{ text: `by ${row.id}`, stars: 5 }],
    posted: 2,
  }),
  ...(row.__typename === 'Vault' && { owner: () => linked(people[1]!), open: false }),
});

const users = () => people.map(linked);
const everything = () => [people[0]!, vault, box].map(linked);

/** The answers of every root field, whole: what a graph without requirements would give. */
export const vaultRoots = {
  me: () => linked(people[0]!),
  user: ({ id }: { id: string }) => linked(people.find((person) => person.id === id) ?? people[0]!),
  users,
  node: () => linked(vault),
  nodes: everything,
  things: () => [...everything(), null],
  grid: () => [users(), [null]],
  level: 'HIGH',
  clear: 'clear',
  stock: 7,
};

const holdings = corpusSubgraph(
  'holdings',
  `
  type Query {
    me: User @authenticated
    user(id: ID!): User
    users: [User!]!
    node: Node
    nodes: [Node!]!
    things: [Thing]
    grid: [[User]!]!
    level: Level
    clear: String!
  }
  type Mutation {
    rename(name: String!): User @authenticated
    promote: User @policy(policies: [["role:operator"]])
    ping: String
  }
  type Subscription { changed: User @authenticated ticked: Int }
  interface Node { id: ID! name: String }
  union Thing = User | Vault | Box
  type User implements Node @key(fields: "id") {
    id: ID!
    name: String
    email: String @requiresScopes(scopes: [["read:email"], ["all", "email"]])
    salary: Int @policy(policies: [["role:operator"]])
    number: ID! @authenticated
    code: Code
    level: Level
    friends: [User!]!
    vault: Vault
  }
  type Vault implements Node @authenticated @key(fields: "id") { id: ID! name: String gold: Int owner: User! }
  type Box implements Node { id: ID! name: String @requiresScopes(scopes: [["read:boxes"]]) size: Int }
  scalar Code @requiresScopes(scopes: [["read:code"]])
  enum Level @policy(policies: [["role:operator"], ["own"]]) { HIGH LOW }
`,
  {
    Query: {
      me: vaultRoots.me,
      user: (_: unknown, args: { id: string }) => vaultRoots.user(args),
      users,
      node: vaultRoots.node,
      nodes: everything,
      things: vaultRoots.things,
      grid: vaultRoots.grid,
      level: () => 'HIGH',
      clear: () => 'clear',
    },
    Mutation: { rename: vaultRoots.me, promote: vaultRoots.me, ping: () => 'pong' },
    Subscription: {
      changed: {
        async *subscribe() {
          yield { changed: linked(people[0]!) };
          await new Promise(() => {});
        },
      },
    },
    User: { __resolveReference: ({ id }: Row) => linked(people.find((person) => person.id === id)!) },
    Vault: { __resolveReference: () => linked(vault) },
  },
);

const reviews = corpusSubgraph(
  'reviews',
  `
  type Query { stock: Int }
  type User @key(fields: "id") {
    id: ID!
    salary: Int @external
    score: Int @requires(fields: "salary") @policy(policies: [["role:operator"]])
    reviews: [Review!]!
    posted: Int @requiresScopes(scopes: [["read:email"]])
  }
  type Review { text: String stars: Int @authenticated @requiresScopes(scopes: [["read:stars"]]) }
  type Vault @key(fields: "id") { id: ID! @authenticated open: Boolean }
`,
  {
    Query: { stock: () => 7 },
    User: {
      __resolveReference: (given: Row) => given,
      score: ({ salary }: Row) => Number(salary) + 1,
      reviews: ({ id }: Row) => [{ text: `by ${id}`, stars: 5 }],
      posted: () => 2,
    },
    Vault: { __resolveReference: (given: Row) => given, open: () => false },
  },
);

/** A graph in which not everyone may see everything. */
export const vaults: CorpusSupergraph = { name: 'vaults', subgraphs: [holdings, reviews], operations: [] };
