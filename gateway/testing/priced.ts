import {
  type FieldNode,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { compose } from '../src/graph/compose.ts';
import { buildGraph, type Graph } from '../src/graph/graph.ts';

/** A subgraph with weights and sizes of every kind. */
export const PRICED = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@cost", "@listSize"])
  type Query {
    films(first: Int, last: Int, ids: [ID!], filter: Filter): [Film!]!
      @listSize(assumedSize: 3, slicingArguments: ["first", "last"], requireOneSlicingArgument: false)
    exact(first: Int, last: Int): [Film] @listSize(slicingArguments: ["first", "last"])
    page(first: Int = 2): Page @listSize(slicingArguments: ["first"], sizedFields: ["items", "tags"])
    film: Film
    node: Node
    thing: Thing
    costly(level: Int @cost(weight: 4)): String @cost(weight: 2)
  }
  type Mutation { rate(input: Filter): Film }
  type Subscription { rated(first: Int): Film }
  type Page { items: [Film] tags: [Tag] others: [Film] }
  interface Node { id: ID! related: [Node] }
  type Film implements Node @cost(weight: 3) {
    id: ID!
    related: [Node]
    rating: Rating
    tags: [Tag!] @cost(weight: 2)
    similar(first: Int @cost(weight: 1)): [Film]
      @listSize(slicingArguments: ["first"], assumedSize: 2, requireOneSlicingArgument: false)
    cast: [Person]
  }
  type Person implements Node { id: ID! related: [Node] @cost(weight: 5) films: [Film] @listSize(assumedSize: 2) }
  union Thing = Film | Person
  scalar Tag
  enum Rating @cost(weight: 1) { GOOD BAD }
  input Filter { title: String @cost(weight: 2) any: [Filter!] @cost(weight: 1) year: Int = 7 @cost(weight: 1) note: String }`;

export async function pricedGraph(): Promise<Graph> {
  const composition = await compose([
    { name: 'films', url: 'http://127.0.0.1:1/', sdl: PRICED, origin: 'films' },
  ]);
  if (!composition.ok) throw new Error(composition.problems.join('\n'));
  return buildGraph(composition.sdl);
}

interface PricedField {
  /** The type it gives, and whether a list of it. */
  gives: string;
  list?: boolean;
  /** Of one item. */
  weight: number;
  /** Arguments with what one costs. */
  args?: Record<string, 'free' | number | 'filter'>;
  size?: {
    assumed?: number;
    slicing?: string[];
    one?: boolean;
    fields?: string[];
    defaults?: Record<string, number>;
  };
}

/** The same as {@link PRICED}, worked out by hand. */
export const TABLE: Record<string, Record<string, PricedField>> = {
  Query: {
    films: {
      gives: 'Film',
      list: true,
      weight: 3,
      args: { first: 'free', last: 'free', ids: 'free', filter: 'filter' },
      size: { assumed: 3, slicing: ['first', 'last'] },
    },
    exact: {
      gives: 'Film',
      list: true,
      weight: 3,
      args: { first: 'free', last: 'free' },
      size: { slicing: ['first', 'last'], one: true },
    },
    page: {
      gives: 'Page',
      weight: 1,
      args: { first: 'free' },
      size: { slicing: ['first'], one: true, fields: ['items', 'tags'], defaults: { first: 2 } },
    },
    film: { gives: 'Film', weight: 3 },
    node: { gives: 'Node', weight: 3 },
    thing: { gives: 'Thing', weight: 3 },
    costly: { gives: 'String', weight: 2, args: { level: 4 } },
  },
  Page: {
    items: { gives: 'Film', list: true, weight: 3 },
    tags: { gives: 'Tag', list: true, weight: 0 },
    others: { gives: 'Film', list: true, weight: 3 },
  },
  Node: { id: { gives: 'ID', weight: 0 }, related: { gives: 'Node', list: true, weight: 5 } },
  Film: {
    id: { gives: 'ID', weight: 0 },
    related: { gives: 'Node', list: true, weight: 3 },
    rating: { gives: 'Rating', weight: 1 },
    tags: { gives: 'Tag', list: true, weight: 2 },
    similar: {
      gives: 'Film',
      list: true,
      weight: 3,
      args: { first: 1 },
      size: { assumed: 2, slicing: ['first'] },
    },
    cast: { gives: 'Person', list: true, weight: 1 },
  },
  Person: {
    id: { gives: 'ID', weight: 0 },
    related: { gives: 'Node', list: true, weight: 5 },
    films: { gives: 'Film', list: true, weight: 3, size: { assumed: 2 } },
  },
  Thing: {},
};

export const LEAVES = new Set(['ID', 'String', 'Tag', 'Rating']);
export const LIST_SIZE = 2;

type Json = Record<string, unknown>;

/** A literal or variable as a value; undefined for a variable without one. */
function plain(
  node: FieldNode['arguments'] extends readonly (infer A)[] | undefined ? A : never,
  variables: Json,
): unknown {
  const read = (value: typeof node.value): unknown => {
    if (value.kind === Kind.VARIABLE) return variables[value.name.value];
    if (value.kind === Kind.INT) return Number(value.value);
    if (value.kind === Kind.LIST) return value.values.map(read);
    if (value.kind === Kind.OBJECT)
      return Object.fromEntries(value.fields.map((field) => [field.name.value, read(field.value)]));
    if (value.kind === Kind.NULL) return null;
    return 'value' in value ? value.value : undefined;
  };
  return read(node.value);
}

function priceOfFilter(filter: Json | null | undefined): number {
  if (filter == null) return 0;
  let price = 1;
  if (filter.title != null) price += 2;
  if (filter.year !== null) price += 1;
  if (filter.any != null) {
    price += 1;
    // Every one of a list has the weight of the member it is in, in place of its own.
    for (const inner of filter.any as Json[]) price += priceOfFilter(inner);
  }
  return price;
}

/**
 * What an operation costs, by making an answer item by item in which every list is as long as it is estimated to be. Null
 * when it does not have the slicing arguments it needs. Response names must be of one field each.
 */
export function bruteForce(query: string, graph: Graph, given: Json): { cost: number; data: Json } | null {
  const document = parse(query);
  const operation = document.definitions[0] as OperationDefinitionNode;
  const { coerced: variables = {} } = getVariableValues(
    graph.schema,
    operation.variableDefinitions ?? [],
    given,
  );
  let cost = 0;
  let isSound = true;
  const fill = (
    set: SelectionSetNode,
    type: string,
    sized: { fields: string[]; size: number } | null,
    into: Json,
  ) => {
    for (const selection of set.selections) {
      const skipped = selection.directives?.some(({ name, arguments: [argument] = [] }) => {
        const value = argument && plain(argument, variables);
        return name.value === 'skip' ? value === true : name.value === 'include' && value !== true;
      });
      if (skipped) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT)
        fill(selection.selectionSet, selection.typeCondition?.name.value ?? type, sized, into);
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = document.definitions.find(
          (one) => 'name' in one && one.name?.value === selection.name.value,
        );
        if (fragment?.kind === Kind.FRAGMENT_DEFINITION)
          fill(fragment.selectionSet, fragment.typeCondition.name.value, sized, into);
      }
      if (selection.kind !== Kind.FIELD) continue;
      const key = selection.alias?.value ?? selection.name.value;
      if (selection.name.value === '__typename') {
        into[key] = 'Film';
        continue;
      }
      const field = TABLE[type]![selection.name.value]!;
      const args: Json = { ...field.size?.defaults };
      for (const argument of selection.arguments ?? []) {
        const value = plain(argument, variables);
        if (value === undefined) continue;
        args[argument.name.value] = value;
        const price = field.args![argument.name.value]!;
        if (price === 'filter') cost += priceOfFilter(value as Json);
        else if (price !== 'free' && value !== null) cost += price;
      }
      const sizes = (field.size?.slicing ?? [])
        .map((name) => args[name])
        .filter((value) => value != null)
        .map((value) => Math.max(0, value as number));
      if (field.size?.one && sizes.length !== 1) isSound = false;
      const said = sizes.length > 0 ? Math.max(...sizes) : field.size?.assumed;
      const below =
        field.size?.fields && said !== undefined ? { fields: field.size.fields, size: said } : null;
      const item = () => {
        cost += field.weight;
        if (!selection.selectionSet) return 'leaf';
        const object: Json = {};
        fill(selection.selectionSet, field.gives, below, object);
        return object;
      };
      const count = sized?.fields.includes(selection.name.value) ? sized.size : (said ?? LIST_SIZE);
      into[key] = field.list ? Array.from({ length: count }, item) : item();
    }
  };
  const data: Json = {};
  fill(operation.selectionSet, 'Query', null, data);
  return isSound ? { cost, data } : null;
}
