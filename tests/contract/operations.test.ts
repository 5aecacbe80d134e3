import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse, separateOperations, validate } from 'graphql';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

function readDocument(path: string) {
  return parse(readFileSync(join(ROOT, path), 'utf8'));
}

const composition = composeServices(
  ['catalog', 'tracker', 'viewing'].map((name) => ({
    name,
    url: `http://${name}.test/graphql`,
    typeDefs: readDocument(`subgraphs/${name}/schema.graphql`),
  })),
);
const operations = separateOperations(readDocument('tests/contract/operations.graphql'));

describe('the supergraph', () => {
  it('composes from the three subgraphs', () => {
    expect(composition.errors ?? []).toEqual([]);
  });

  it('is asked everything clients ask', () => {
    expect(Object.keys(operations)).toHaveLength(17);
  });

  it.each(Object.keys(operations))('answers the clients’ %s', (name) => {
    const schema = composition.schema!.toAPISchema().toGraphQLJSSchema();
    expect(validate(schema, operations[name]!)).toEqual([]);
  });
});
