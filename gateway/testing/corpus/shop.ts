import { GraphQLError } from 'graphql';
import { type CorpusSupergraph, corpusSubgraph } from './supergraph.ts';

const ids = ['1', '2', '3', '4', '5'];
const fail = (what: string) => {
  throw new GraphQLError(`${what} failed`, { extensions: { code: 'SHOP_ERROR', what } });
};

const products = corpusSubgraph(
  'products',
  `
  type Query { products(first: Int = 5): [Product!]! product(id: ID!): Product matrix: [[Product]!]! nothing: [Product!] }
  type Mutation { addProduct(name: String!): Product! }
  type Product @key(fields: "id") @key(fields: "sku { code region }") {
    id: ID! name: String weight: Float sku: Sku! dimensions: Dimensions tags: [[String!]!] brand: Brand broken: String
    mustNotBreak: Int!
  }
  type Sku @shareable { code: String! region: String! }
  type Dimensions @shareable { width: Int height: Int! }
  type Brand @key(fields: "id") { id: ID! name: String! }
`,
  (() => {
    const product = (id: string) => ({
      id,
      name: id === '4' ? null : id === '2' ? '' : `Product ${id}`,
      weight: (Number(id) - 1) * 1.5,
      sku: { code: `c${id}`, region: 'eu' },
      dimensions: id === '2' ? null : { width: Number(id) % 2, height: id === '3' ? null : 0 },
      tags: [['', id], []],
      brand: id === '5' ? null : { id: `b${Number(id) % 2}`, name: `Brand ${Number(id) % 2}` },
      mustNotBreak: 0,
      broken: () => (id === '3' ? fail('broken') : 'fine'),
    });
    return {
      Query: {
        products: (_: unknown, { first }: { first: number }) => ids.slice(0, first).map(product),
        product: (_: unknown, { id }: { id: string }) => (ids.includes(id) ? product(id) : null),
        matrix: () => [[product('1'), null, product('2')], [], [product('1')]],
        nothing: () => null,
      },
      Mutation: { addProduct: (_: unknown, { name }: { name: string }) => ({ ...product('1'), name }) },
      Product: {
        __resolveReference: (reference: { id?: string; sku?: { code: string } }) =>
          product(reference.id ?? reference.sku!.code.slice(1)),
      },
      Brand: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `Brand ${id.slice(1)}` }) },
    };
  })(),
);

const inventory = corpusSubgraph(
  'inventory',
  `
  type Query { warehouses: [Warehouse!]! }
  type Product @key(fields: "id") {
    id: ID! weight: Float @external dimensions: Dimensions @external
    inStock: Int! shippingCost(express: Boolean = false): Float @requires(fields: "weight dimensions { width }")
    warehouses: [Warehouse] backorder: Int sold: Boolean!
  }
  type Dimensions @shareable { width: Int height: Int! }
  type Warehouse { id: ID! city: String products: [Product!]! manager: String! }
`,
  (() => {
    const warehouse = (id: string) => ({
      id,
      city: id === 'w2' ? null : `City ${id}`,
      products: ids.slice(0, 3).map((product) => ({ id: product })),
      manager: () => (id === 'w2' ? fail('manager') : `Manager ${id}`),
    });
    return {
      Query: { warehouses: () => [warehouse('w1')] },
      Product: {
        __resolveReference: (reference: { id: string }) => (reference.id === '4' ? null : reference),
        inStock: ({ id }: { id: string }) => (id === '3' ? fail('inStock') : (Number(id) - 1) * 10),
        shippingCost: (
          { weight, dimensions }: { weight: number; dimensions: { width: number } | null },
          { express }: { express: boolean },
        ) => weight * (dimensions?.width ?? 1) * (express ? 2 : 1),
        warehouses: ({ id }: { id: string }) => [warehouse('w1'), id === '2' ? warehouse('w2') : null],
        sold: ({ id }: { id: string }) => id === '2',
        backorder: ({ id }: { id: string }) => (id === '2' ? fail('backorder') : null),
      },
    };
  })(),
);

const reviews = corpusSubgraph(
  'reviews',
  `
  type Query { latest: [Review!]! }
  type Mutation { review(product: ID!, text: String!): Review! }
  type Review { id: ID! text: String! stars: Stars author: User @provides(fields: "name") product: Product! replies: [Review!] }
  enum Stars { ONE TWO THREE }
  type Product @key(fields: "id") { id: ID! reviews(first: Int): [Review!]! best: Review }
  type User @key(fields: "id") { id: ID! name: String @external reviews: [Review!]! }
`,
  (() => {
    const review = (id: string, product: string): object => ({
      id,
      text: id === '2' ? '' : `Review ${id}`,
      stars: ['ONE', 'TWO', null][Number(id) % 3],
      author: id === '3' ? null : { id: `u${Number(id) % 2}`, name: `Author ${Number(id) % 2}` },
      product: { id: product },
      replies: () => (id === '1' ? [review('9', product)] : null),
    });
    return {
      Query: { latest: () => ['1', '2', '3'].map((id) => review(id, id)) },
      Mutation: {
        review: (_: unknown, { product, text }: { product: string; text: string }) => ({
          ...review('7', product),
          text,
        }),
      },
      Product: {
        __resolveReference: (reference: object) => reference,
        reviews: ({ id }: { id: string }, { first = 2 }: { first?: number }) =>
          ['1', '2'].slice(0, first).map((n) => review(n, id)),
        best: ({ id }: { id: string }) => (id === '1' ? review('1', id) : null),
      },
      User: {
        __resolveReference: (reference: object) => reference,
        reviews: () => [review('2', '2')],
      },
    };
  })(),
);

const accounts = corpusSubgraph(
  'accounts',
  `
  type Query { me: User everyone: [User]! }
  type User @key(fields: "id") { id: ID! name: String @shareable email: String! age: Int }
`,
  (() => {
    const user = (id: string) => ({
      id,
      name: `Author ${id.slice(1)}`,
      email: () => (id === 'u1' ? fail('email') : `${id}@example.org`),
      age: 0,
    });
    return {
      Query: { me: () => user('u0'), everyone: () => [user('u0'), null, user('u1')] },
      User: { __resolveReference: ({ id }: { id: string }) => user(id) },
    };
  })(),
);

export const shop: CorpusSupergraph = {
  name: 'shop',
  subgraphs: [products, inventory, reviews, accounts],
  operations: [
    { query: '{ products { name inStock } }' },
    {
      query:
        '{ products { weight dimensions { width height } tags sold shippingCost mustNotBreak } me { age } }',
    },
    { query: '{ products(first: 2) { id shippingCost express: shippingCost(express: true) } }' },
    { query: '{ latest { author { name email } product { name inStock warehouses { city } } } }' },
    { query: '{ matrix { name reviews(first: 1) { text author { name } } } }' },
    { query: '{ product(id: "4") { name inStock } other: product(id: "99") { name inStock } }' },
    { query: '{ nothing { inStock } products(first: 1) { name } }' },
    { query: '{ products { broken mustNotBreak dimensions { height } } }' },
    { query: '{ products { backorder warehouses { manager products { name inStock } } } }' },
    { query: '{ everyone { email reviews { product { shippingCost } } } }' },
    {
      query:
        'mutation { a: addProduct(name: "A") { name inStock } b: review(product: "2", text: "b") { product { name } } }',
    },
    {
      query:
        'query Q($yes: Boolean!, $no: Boolean = false) { products(first: 2) { id @include(if: $yes) ...F @skip(if: $no) reviews(first: 1) @include(if: $no) { text } } } fragment F on Product { inStock @skip(if: $yes) sku { code } }',
      variables: { yes: true },
    },
    {
      query:
        'query Q($yes: Boolean!, $no: Boolean = false) { products(first: 2) { id @include(if: $yes) ...F @skip(if: $no) reviews(first: 1) @include(if: $no) { text } } } fragment F on Product { inStock @skip(if: $yes) sku { code } }',
      variables: { yes: false, no: true },
    },
    {
      query:
        '{ p: products(first: 1) { sku { code } ...A ...B } } fragment A on Product { sku { region } name } fragment B on Product { inStock name sku { code } }',
    },
    { query: '{ __typename products(first: 1) { __typename kind: __typename brand { __typename name } } }' },
    {
      query: 'query($n: Int!) { products(first: $n) { reviews(first: $n) { id } inStock } }',
      variables: { n: 1 },
    },
    {
      query: 'query($id: ID!) { product(id: $id) { name best { replies { author { email } } } } }',
      variables: { id: '1' },
    },
    { query: '{ __schema { queryType { name } } products(first: 1) { name } }' },
    {
      query: 'query($t: String!) { __type(name: $t) { name kind } me { name } }',
      variables: { t: 'Product' },
    },
    { query: '{ a: __typename @skip(if: true) me { id } }' },
    { query: '{ me { constructor: name toString: id valueOf: email } }' },
  ],
};
