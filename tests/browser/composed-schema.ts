import { readFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { Supergraph } from '@apollo/federation-internals';
import { type GraphQLSchema, parse } from 'graphql';

/** The API clients see: the subgraphs' schemas composed. */
export function composedSchema(): GraphQLSchema {
  const result = composeServices(
    ['catalog', 'tracker', 'viewing', 'identity'].map((name) => ({
      name,
      typeDefs: parse(
        readFileSync(new URL(`../../subgraphs/${name}/schema.graphql`, import.meta.url), 'utf8'),
      ),
    })),
  );
  if (!result.supergraphSdl) throw new AggregateError(result.errors ?? [], 'the subgraphs do not compose');
  return Supergraph.build(result.supergraphSdl).apiSchema().toGraphQLJSSchema();
}
