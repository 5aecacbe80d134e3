import type { Identity } from '@giggityflix/http';
import type { OnUnauthorized } from '../../src/engine/authorization/authorize.ts';
import { type Policies, rolePolicies } from '../../src/engine/authorization/policies.ts';
import { createApolloExecutor } from '../../src/engine/execute/executor.apollo.ts';
import { createLeanExecutor } from '../../src/engine/execute/executor.lean.ts';
import type { PendingPart, ReadyParts } from '../../src/engine/execute/executor.ts';
import { automaticDocuments } from '../../src/engine/operation/persisted.ts';
import { createOperationStore } from '../../src/engine/operation/prepare.ts';
import type { OverrideLabels } from '../../src/engine/operation/progress.ts';
import { resolveRequest } from '../../src/engine/operation/resolve.ts';
import type { Result } from '../../src/errors.ts';
import { compose } from '../../src/graph/compose.ts';
import { type Contract, contractOf } from '../../src/graph/contract.ts';
import { buildGraph, type Graph } from '../../src/graph/graph.ts';
import type { SubgraphClients } from '../../src/subgraphs/client.ts';
import { OWNER } from '../identities.ts';
import type { CorpusOperation, CorpusSupergraph } from './supergraph.ts';

/** A supergraph of the corpus that answers operations in this process. */
export interface Answering {
  readonly graph: Graph;
  /** The supergraph's SDL. */
  readonly sdl: string;
  readonly subgraphs: SubgraphClients;
  answer(operation: CorpusOperation, executor?: 'lean' | 'apollo', as?: Identity | null): Promise<unknown>;
  /** The same from an answer in parts, as they come. */
  answerInParts(
    operation: CorpusOperation,
    as?: Identity | null,
    /** Called with each of what comes later. */
    onNext?: (ready: ReadyParts) => void,
  ): Promise<{ first: Payload; next: ReadyParts[] }>;
  /** What the subgraphs were asked since the last call of this. */
  asked(): { subgraph: string; query: string }[];
  /** Asks a subgraph itself, or has it fail. */
  ask(subgraph: string, request: { query: string }): Promise<{ data?: unknown; errors?: unknown }>;
  /** Makes a subgraph fail from now on, or none. */
  fail(subgraph: string | null): void;
}

export interface Payload {
  result: Result;
  pending: readonly PendingPart[];
}

/** Whoever asks may see everything, unless a question says otherwise. */
export async function answering(
  supergraph: Pick<CorpusSupergraph, 'subgraphs'>,
  {
    policies = rolePolicies,
    onUnauthorized = 'filter',
    contract = { include: [], exclude: [] },
    overrideLabels,
  }: {
    policies?: Policies;
    onUnauthorized?: OnUnauthorized;
    contract?: Contract;
    overrideLabels?: OverrideLabels;
  } = {},
): Promise<Answering> {
  const sources = supergraph.subgraphs.map(({ name, sdl }) => ({
    name,
    url: `http://${name}`,
    sdl,
    origin: name,
  }));
  const composition = await compose(sources);
  if (!composition.ok) throw new Error(composition.problems.join('\n'));
  const graph = buildGraph(contractOf(composition.sdl, contract));
  const byName = new Map(supergraph.subgraphs.map((subgraph) => [subgraph.name, subgraph]));
  let failing: string | null = null;
  let asked: { subgraph: string; query: string }[] = [];
  const ask: Answering['ask'] = async (name, request) =>
    name === failing
      ? { data: null, errors: [{ message: 'out of order', extensions: { code: 'DOWN' } }] }
      : byName.get(name)!.execute(request);
  const subgraphs: SubgraphClients = {
    async fetch(fetch, body) {
      const request = JSON.parse(body);
      asked.push({ subgraph: fetch.subgraph, query: request.query });
      const { data, errors } = await ask(fetch.subgraph, request);
      return { data: data ?? null, errors: (errors as never) ?? [] };
    },
    unavailable: async () => [],
    close: async () => {},
  };
  const limits = { tokens: 10_000, depth: 50, aliases: 1_000, selections: 5_000 };
  const store = createOperationStore(graph, { limits, introspection: true, overrideLabels });
  const options = { policies, onUnauthorized, onFailure: () => {}, maxCost: 1_000_000 };
  const documents = automaticDocuments();
  const executors = { lean: createLeanExecutor(), apollo: createApolloExecutor() };
  return {
    graph,
    sdl: composition.sdl,
    subgraphs,
    ask,
    fail(subgraph) {
      failing = subgraph;
    },
    asked() {
      const before = asked;
      asked = [];
      return before;
    },
    async answerInParts({ query, variables = {} }, as = OWNER, onNext = () => {}) {
      const request = { authorization: undefined, requestId: 'test', traceparent: undefined };
      const resolution = await resolveRequest(
        { query, variables },
        { identity: as, key: '', context: request },
        { ...options, documents, operations: store },
      );
      if (!resolution.ok) throw new Error(`${query}\n${JSON.stringify(resolution.errors)}`);
      let first: Payload | undefined;
      const next: ReadyParts[] = [];
      const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value));
      await executors.lean.executeInParts!({
        ...resolution.request,
        subgraphs,
        request,
        deferred: resolution.request.operation.deferred!()!,
        signal: new AbortController().signal,
        sink: {
          first(result, pending) {
            first = copy({ result, pending });
          },
          next(ready) {
            next.push(copy(ready));
            onNext(ready);
          },
        },
      });
      return { first: first!, next };
    },
    async answer({ query, variables = {} }, executor = 'lean', as = OWNER) {
      const request = { authorization: undefined, requestId: 'test', traceparent: undefined };
      const resolution = await resolveRequest(
        { query, variables },
        { identity: as, key: '', context: request },
        { ...options, documents, operations: store },
      );
      if (!resolution.ok) {
        if (resolution.errors[0]?.extensions?.code === 'UNAUTHORIZED_FIELD_OR_TYPE')
          return { errors: resolution.errors };
        throw new Error(`${query}\n${JSON.stringify(resolution.errors)}`);
      }
      const result = await executors[executor].execute({ ...resolution.request, subgraphs, request });
      return JSON.parse(JSON.stringify(result));
    },
  };
}
