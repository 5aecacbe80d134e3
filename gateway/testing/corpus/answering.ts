import { getVariableValues } from 'graphql';
import { createApolloExecutor } from '../../src/engine/execute/executor.apollo.ts';
import { createLeanExecutor } from '../../src/engine/execute/executor.lean.ts';
import { createOperationStore } from '../../src/engine/operation/prepare.ts';
import { compose } from '../../src/graph/compose.ts';
import { buildGraph, type Graph } from '../../src/graph/graph.ts';
import type { SubgraphClients } from '../../src/subgraphs/client.ts';
import type { CorpusOperation, CorpusSupergraph } from './supergraph.ts';

/** A supergraph of the corpus that answers operations in this process. */
export interface Answering {
  readonly graph: Graph;
  /** The supergraph's SDL. */
  readonly sdl: string;
  readonly subgraphs: SubgraphClients;
  answer(operation: CorpusOperation, executor?: 'lean' | 'apollo'): Promise<unknown>;
  /** Asks a subgraph itself, or has it fail. */
  ask(subgraph: string, request: { query: string }): Promise<{ data?: unknown; errors?: unknown }>;
  /** Makes a subgraph fail from now on, or none. */
  fail(subgraph: string | null): void;
}

export async function answering(supergraph: Pick<CorpusSupergraph, 'subgraphs'>): Promise<Answering> {
  const sources = supergraph.subgraphs.map(({ name, sdl }) => ({
    name,
    url: `http://${name}`,
    sdl,
    origin: name,
  }));
  const composition = await compose(sources);
  if (!composition.ok) throw new Error(composition.problems.join('\n'));
  const graph = buildGraph(composition.sdl);
  const byName = new Map(supergraph.subgraphs.map((subgraph) => [subgraph.name, subgraph]));
  let failing: string | null = null;
  const ask: Answering['ask'] = async (name, request) =>
    name === failing
      ? { data: null, errors: [{ message: 'out of order', extensions: { code: 'DOWN' } }] }
      : byName.get(name)!.execute(request);
  const subgraphs: SubgraphClients = {
    async fetch(fetch, body) {
      const { data, errors } = await ask(fetch.subgraph, JSON.parse(body));
      return { data: data ?? null, errors: (errors as never) ?? [] };
    },
    unavailable: async () => [],
    close: async () => {},
  };
  const limits = { tokens: 10_000, depth: 50, aliases: 1_000, selections: 5_000 };
  const store = createOperationStore(graph, { limits, introspection: true });
  const executors = { lean: createLeanExecutor(), apollo: createApolloExecutor() };
  return {
    graph,
    sdl: composition.sdl,
    subgraphs,
    ask,
    fail(subgraph) {
      failing = subgraph;
    },
    async answer({ query, variables = {} }, executor = 'lean') {
      const preparation = store.prepare(query, undefined);
      if (!preparation.ok) throw new Error(`${query}\n${JSON.stringify(preparation.errors)}`);
      const { operation } = preparation;
      const { coerced = {} } = getVariableValues(graph.schema, operation.variableDefinitions, variables);
      const conditions = new Map(operation.conditionVariables.map((name) => [name, coerced[name] === true]));
      const request = { authorization: undefined, requestId: 'test', traceparent: undefined };
      const result = await executors[executor].execute({
        operation,
        variables,
        conditions,
        subgraphs,
        request,
      });
      return JSON.parse(JSON.stringify(result));
    },
  };
}
