import { buildSubgraphSchema } from '@apollo/subgraph';
import { type ExecutionResult, type GraphQLSchema, graphql, parse } from 'graphql';

/** A supergraph to compare executors on: its subgraphs run in this process. */
export interface CorpusSupergraph {
  readonly name: string;
  readonly subgraphs: readonly CorpusSubgraph[];
  /** Operations chosen for what they exercise; more are made up from the schema. */
  readonly operations: readonly CorpusOperation[];
}

export interface CorpusSubgraph {
  readonly name: string;
  readonly sdl: string;
  readonly schema: GraphQLSchema;
  execute(request: { query: string; operationName?: string; variables?: object }): Promise<ExecutionResult>;
}

export interface CorpusOperation {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable",
  "@external", "@requires", "@provides", "@interfaceObject", "@inaccessible", "@override",
  "@authenticated", "@requiresScopes", "@policy", "@tag"])\n`;

/** Makes a subgraph of a schema (without its federation header) and resolvers. */
export function corpusSubgraph(name: string, types: string, resolvers: object): CorpusSubgraph {
  const sdl = FEDERATION + types;
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
  return {
    name,
    sdl,
    schema,
    async execute({ query, operationName, variables }) {
      const result = await graphql({
        schema,
        source: query,
        operationName,
        variableValues: variables as Record<string, unknown>,
      });
      return JSON.parse(JSON.stringify(result));
    },
  };
}
