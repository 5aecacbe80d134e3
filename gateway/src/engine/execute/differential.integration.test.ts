import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import { type DocumentNode, type GraphQLSchema, isInterfaceType, parse, validate } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answering, answering } from '../../../testing/corpus/answering.ts';
import { media } from '../../../testing/corpus/media.ts';
import { randomOperations } from '../../../testing/corpus/random-operations.ts';
import { shop } from '../../../testing/corpus/shop.ts';
import type { CorpusOperation, CorpusSupergraph } from '../../../testing/corpus/supergraph.ts';
import { PLANNER } from '../../graph/graph.ts';

/** Operations made up per supergraph, beside those chosen by hand. */
const RANDOM_OPERATIONS = 175;
/** Longest of them, in characters: longer ones take most of the time to plan, and have nothing the others do not. */
const MAX_LENGTH = 2_000;
/** At least so many must be left of each supergraph, so that all of them are more than 300. */
const MIN_OPERATIONS = 140;

interface Setting extends Answering {
  runStock(operation: CorpusOperation): Promise<unknown>;
}

async function settingOf(supergraph: CorpusSupergraph): Promise<Setting> {
  const answers = await answering(supergraph);
  const { graph, sdl, ask } = answers;
  const stock = new ApolloGateway({
    supergraphSdl: sdl,
    queryPlannerConfig: PLANNER,
    buildService: ({ name }): GraphQLDataSource => ({
      process: async ({ request }) =>
        withoutInterfaceNames(await ask(name, request as never), graph.schema) as never,
    }),
  });
  await stock.load();
  return {
    ...answers,
    async runStock({ query, variables = {} }) {
      const document = parse(query);
      return stock.executor({
        request: { query, variables },
        document,
        operation: operationOf(document),
        queryHash: query,
        context: {},
        metrics: {},
        logger: console,
        cache: undefined,
        schema: graph.schema,
      } as never);
    },
  };
}

/**
 * Stock believes a subgraph that has only the interface of an entity (`@interfaceObject`) about its type, and answers
 * null without an error. It is compared as if such a subgraph did not say.
 */
function withoutInterfaceNames(answer: { data?: unknown }, schema: GraphQLSchema): unknown {
  const { _entities: entities } = (answer.data ?? {}) as { _entities?: (Record<string, unknown> | null)[] };
  for (const entity of entities ?? [])
    for (const [name, value] of Object.entries(entity ?? {}))
      if (typeof value === 'string' && isInterfaceType(schema.getType(value))) delete entity![name];
  return answer;
}

function operationOf(document: DocumentNode) {
  return document.definitions.find((definition) => definition.kind === 'OperationDefinition');
}

/**
 * The answer as it is sent, with three allowances, all for errors. Values the schema does not allow are errors in ours,
 * and in the stock gateway's extensions, or nowhere when there are other errors. They are compared as a set: each
 * representation is sent once, so that subgraphs find the same errors in another order. And positions in lists are left
 * out of their paths: stock counts only the entities it sent, ours is the position in the response (tested below).
 */
function comparable(result: unknown): string {
  const { data, errors, extensions } = JSON.parse(JSON.stringify(result));
  const all: Reported[] = errors ?? extensions?.valueCompletion ?? [];
  const others = all.filter((error) => error.extensions?.code !== 'INVALID_GRAPHQL');
  const reported = (others.length > 0 ? others : all).map((error) =>
    JSON.stringify({ ...error, path: error.path?.map((part) => (typeof part === 'number' ? '#' : part)) }),
  );
  return JSON.stringify({ data, extensions, errors: reported.sort() });
}

/**
 * Stock asks subgraphs for some of what conditions leave out, and reports the errors of that. That none is missing in ours is
 * tested against the same operation without conditions (conditions.integration.test.ts).
 */
function withoutSkippedErrors(stock: string, ours: string): string {
  const { errors: reported } = JSON.parse(ours) as { errors: string[] };
  const { errors, ...rest } = JSON.parse(stock) as { errors: string[] };
  return JSON.stringify({
    ...rest,
    errors: errors.filter((error) => {
      const at = reported.indexOf(error);
      if (at !== -1) reported.splice(at, 1);
      return at !== -1;
    }),
  });
}

interface Reported {
  path?: unknown[];
  extensions?: { code?: unknown };
}

describe.each([shop, media])(
  'on the $name supergraph, our executor answers as the stock gateway:',
  (supergraph) => {
    let setting: Setting;
    let operations: CorpusOperation[];
    beforeAll(async () => {
      setting = await settingOf(supergraph);
      operations = randomOperations(setting.graph.schema, RANDOM_OPERATIONS, 20_261_120).filter(
        ({ query }) =>
          query.length <= MAX_LENGTH && validate(setting.graph.schema, parse(query)).length === 0,
      );
    });

    it.each(supergraph.operations.map((operation) => [operation.query.slice(0, 120), operation] as const))(
      '%s',
      async (_title, operation) => {
        const expected = await setting.runStock(operation);
        expect(comparable(await setting.answer(operation))).toBe(comparable(expected));
        expect(comparable(await setting.answer(operation, 'apollo'))).toBe(comparable(expected));
      },
    );

    it.each([null, ...supergraph.subgraphs.map(({ name }) => name)])(
      'random operations, %s failing',
      async (name) => {
        expect(operations.length).toBeGreaterThanOrEqual(MIN_OPERATIONS);
        setting.fail(name);
        for (const operation of operations) {
          const stock = comparable(await setting.runStock(operation));
          const actual = comparable(await setting.answer(operation));
          const about = `${operation.query}\n${JSON.stringify(operation.variables)}`;
          expect(actual, about).toBe(withoutSkippedErrors(stock, actual));
        }
      },
      60_000,
    );
  },
);

it('errors have the position of their entity in the response, also when entities before it were not asked for', async () => {
  const setting = await settingOf(media);
  const result = await setting.answer({
    query: '{ shelf { ... on Song { comments { id } } } }',
  });
  expect(result).toMatchObject({
    data: { shelf: [{}, { comments: null }, {}] },
    errors: [{ message: 'no comments', path: ['shelf', 1, 'comments'] }],
  });
});
