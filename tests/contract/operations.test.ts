import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { findBreakingChanges, parse, separateOperations, validate } from 'graphql';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

function readDocument(path: string) {
  return parse(readFileSync(join(ROOT, path), 'utf8'));
}

const compose = (names: readonly string[]) =>
  composeServices(
    names.map((name) => ({
      name,
      url: `http://${name}.test/graphql`,
      typeDefs: readDocument(`subgraphs/${name}/schema.graphql`),
    })),
  );
const composition = compose(['catalog', 'tracker', 'viewing']);
const withPeople = compose(['catalog', 'tracker', 'viewing', 'identity']);
const operations = separateOperations(readDocument('tests/contract/operations.graphql'));

describe('the supergraph', () => {
  it('composes from the three subgraphs', () => {
    expect(composition.errors ?? []).toEqual([]);
  });

  it('composes with people, and changes nothing else', () => {
    expect(withPeople.errors ?? []).toEqual([]);
    const schemas = [composition, withPeople].map(({ schema }) => schema!.toAPISchema().toGraphQLJSSchema());
    expect(findBreakingChanges(schemas[0]!, schemas[1]!)).toEqual([]);
    expect(schemas.map((schema) => Boolean(schema.getQueryType()?.getFields().me))).toEqual([false, true]);
  });

  it('is asked everything clients ask', () => {
    expect(Object.keys(operations)).toHaveLength(17);
  });

  it.each(Object.keys(operations))('answers the clients’ %s', (name) => {
    const schema = composition.schema!.toAPISchema().toGraphQLJSSchema();
    expect(validate(schema, operations[name]!)).toEqual([]);
  });
});
