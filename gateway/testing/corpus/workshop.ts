import { type CorpusSupergraph, corpusSubgraph } from './supergraph.ts';

interface Part {
  id: string;
  n: number;
  label: string;
  on: boolean;
}

/** The values that are false where one only asks whether there is one. */
const parts: Part[] = [
  { id: '', n: 0, label: '', on: false },
  { id: 'b', n: 7, label: 'bolt', on: true },
  { id: '0', n: -1, label: '0', on: false },
];
const partOf = (id: string) => parts.find((part) => part.id === id)!;
const price = (part: Part, { in: currency }: { in: string }) => (currency === 'EUR' ? part.n : part.n * 100);
const full = (part: Part) => ({
  ...part,
  price: (args: { in: string }) => price(part, args),
  spec: { n: part.n * 2, label: part.label, deep: { n: part.n * 3 } },
  cells: [[{ n: part.n }, null], [], [{ n: 0 }]],
  tags: ['', part.label],
  next: () => full(parts[(parts.indexOf(part) + 1) % parts.length]!),
});

const store = corpusSubgraph(
  'store',
  `
  type Query { p: Part ps: [Part!]! grid: [[Part]!]! shared: Shared @shareable both: Both @shareable things: [Thing!]! }
  type Shared { n: Int zero: Boolean }
  type Both { rows: [[Row!]!]! @shareable }
  type Row { n: Int }
  type Cell @shareable { n: Int id: Int }
  type Part @key(fields: "id") {
    id: ID! n: Int! label: String on: Boolean price(in: String = "USD"): Int spec: Spec cells: [[Cell]!]! tags: [String!] next: Part
  }
  type Spec @shareable { n: Int label: String deep: Deep }
  type Deep @shareable { n: Int }
  union Thing = Bolt | Nut
  type Bolt { size: Int! @shareable name: String! @shareable }
  type Nut { size: Int name: String }
`,
  {
    Query: {
      p: () => full(parts[1]!),
      ps: () => parts.map(full),
      grid: () => [[full(parts[0]!), null], [], [full(parts[1]!), full(parts[2]!)]],
      shared: () => ({ n: 0, zero: false }),
      both: () => ({ rows: [[{ n: 0 }], []] }),
      things: () => [
        { __typename: 'Bolt', size: 0, name: '' },
        { __typename: 'Nut', size: 0, name: '' },
        { __typename: 'Nut', size: null, name: null },
        { __typename: 'Bolt', size: 3, name: 'b' },
      ],
    },
    Part: { __resolveReference: ({ id }: Part) => full(partOf(id)) },
  },
);

interface Given extends Part {
  price: number | null;
  spec: { n: number; deep: { n: number } | null } | null;
  cells: ({ n: number } | null)[][];
}

const forge = corpusSubgraph(
  'forge',
  `
  type Query { shared: Shared @shareable both: Both @shareable }
  type Bolt { size: Int @shareable name: String @shareable }
  type Shared { extra: Int }
  type Both { rows: [[Row!]!]! @shareable }
  type Row { id: Int }
  type Part @key(fields: "id") {
    id: ID!
    n: Int! @external label: String @external on: Boolean @external price(in: String = "USD"): Int @external
    spec: Spec @external cells: [[Cell]!]! @external
    twice: Int @requires(fields: "n")
    told: String @requires(fields: "label on")
    cost: Int @requires(fields: "price(in: \\"EUR\\")")
    inner: Int @requires(fields: "spec { n deep { n } }")
    table: String @requires(fields: "cells { n }")
    plain: Int
    refused: Int
  }
  type Spec @shareable { n: Int label: String deep: Deep }
  type Deep @shareable { n: Int }
  type Cell @shareable { n: Int id: Int }
`,
  {
    Query: { shared: () => null, both: () => ({ rows: [[{ id: 0 }], []] }) },
    Part: {
      __resolveReference: (given: Given) => given,
      twice: ({ n }: Given) => n * 2,
      told: ({ label, on }: Given) => JSON.stringify([label, on]),
      cost: (given: Given) => given.price,
      inner: ({ spec }: Given) => spec!.n + spec!.deep!.n,
      table: ({ cells }: Given) => JSON.stringify(cells),
      plain: () => 0,
      refused: () => {
        throw new Error('refused');
      },
    },
  },
);

/** Fields computed from others, values that are falsy, and lists of lists: what a planner's own selections read. */
export const workshop: CorpusSupergraph = {
  name: 'workshop',
  subgraphs: [store, forge],
  operations: [
    { query: '{ ps { id n label on twice told plain } }' },
    { query: '{ grid { n twice told inner } }' },
    { query: '{ ps { next { plain next { twice } } tags } }' },
    { query: '{ ps { spec { n label deep { n } } cells { n } } }' },
  ],
};
