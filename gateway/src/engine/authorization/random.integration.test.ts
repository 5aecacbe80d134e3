import type { Identity } from '@giggityflix/http';
import {
  defaultFieldResolver,
  execute,
  type FieldNode,
  Kind,
  parse,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { beforeAll, expect, it } from 'vitest';
import { type Allowed, allowedBy } from '../../../testing/corpus/allowed.ts';
import { type Answering, answering } from '../../../testing/corpus/answering.ts';
import { randomOperations } from '../../../testing/corpus/random-operations.ts';
import type { CorpusOperation } from '../../../testing/corpus/supergraph.ts';
import { vaultRoots, vaults } from '../../../testing/corpus/vaults.ts';
import { operator, viewer } from '../../../testing/identities.ts';

let graph: Answering;
let allowed: Allowed;
beforeAll(async () => {
  graph = await answering(vaults);
  allowed = allowedBy(vaults.subgraphs, graph.graph.schema);
});

const IDENTITIES: readonly (Identity | null)[] = [
  null,
  viewer(),
  viewer('read:email', 'read:boxes'),
  viewer('all', 'read:code', 'read:stars'),
  viewer('all', 'email', 'read:boxes'),
  operator(),
  operator('read:email', 'read:code', 'read:boxes', 'read:stars'),
];

/** The types whose fields each selection is of. */
function parentsOf(document: ReturnType<typeof parse>): Map<FieldNode, string> {
  const types = new TypeInfo(graph.graph.schema);
  const parents = new Map<FieldNode, string>();
  visit(
    document,
    visitWithTypeInfo(types, { Field: (node) => void parents.set(node, types.getParentType()!.name) }),
  );
  return parents;
}

/** Runs an operation on the whole data, and refuses each field that is not allowed as it comes to it. */
function reference({ query, variables }: CorpusOperation, identity: Identity | null) {
  const document = parse(query);
  const parents = parentsOf(document);
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition.selectionSet]] : [],
    ),
  );
  const mayAsk = (node: FieldNode) => allowed(identity, parents.get(node)!, node.name.value);
  const isSomethingLeft = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD)
        return isSomethingLeft(fragments.get(selection.name.value)!);
      if (selection.kind === Kind.INLINE_FRAGMENT) return isSomethingLeft(selection.selectionSet);
      return mayAsk(selection) && (!selection.selectionSet || isSomethingLeft(selection.selectionSet));
    });
  const result = execute({
    schema: graph.graph.schema,
    document,
    rootValue: vaultRoots,
    variableValues: variables,
    fieldResolver(source, args, context, info) {
      const isLeft = info.fieldNodes.some((node) => !node.selectionSet || isSomethingLeft(node.selectionSet));
      if (!info.fieldNodes.every(mayAsk) || !isLeft) throw new Error('denied');
      return defaultFieldResolver(source, args, context, info);
    },
  });
  return JSON.parse(JSON.stringify(result));
}

/** The fields a subgraph was asked for that are not allowed. */
function trespasses(subgraph: string, query: string, identity: Identity | null): string[] {
  const { schema } = vaults.subgraphs.find(({ name }) => name === subgraph)!;
  const types = new TypeInfo(schema);
  const found: string[] = [];
  visit(
    parse(query),
    visitWithTypeInfo(types, {
      Field({ name: { value } }) {
        const parent = types.getParentType()!.name;
        if (value !== '_entities' && !allowed(identity, parent, value)) found.push(`${parent}.${value}`);
      },
    }),
  );
  return found;
}

interface Answer {
  data: unknown;
  errors?: { path: (string | number)[]; extensions?: { code: string } }[];
}

it('answers random operations of different identities as a walk of each does, and asks for nothing else', async () => {
  let denials = 0;
  for (const operation of randomOperations(graph.graph.schema, 80, 18))
    for (const identity of IDENTITIES) {
      const expected: Answer = reference(operation, identity);
      graph.asked();
      const answer = (await graph.answer(operation, 'lean', identity)) as Answer;
      const about = `${identity?.roles} ${identity?.scopes}: ${operation.query} ${JSON.stringify(operation.variables)}`;
      expect(answer.data, about).toEqual(expected.data);
      const codes = new Set(answer.errors?.map((error) => error.extensions?.code));
      expect([...codes], about).toEqual(expected.errors ? ['UNAUTHORIZED_FIELD_OR_TYPE'] : []);
      const paths = (answer.errors ?? []).map(({ path }) => `${path.join('/')}/`);
      for (const { path } of expected.errors ?? [])
        expect(
          paths.some((one) => one.startsWith(`${path.join('/')}/`)),
          about,
        ).toBe(true);
      for (const { subgraph, query } of graph.asked())
        expect(trespasses(subgraph, query, identity), about).toEqual([]);
      denials += expected.errors?.length ?? 0;
    }
  // It is no test where nothing is denied.
  expect(denials).toBeGreaterThan(200);
}, 120_000);
