import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import * as playerOperations from '../../player/src/session/operations.ts';
import * as pageOperations from '../../web/app/operations.ts';
import * as peopleOperations from '../../web/app/people/operations.ts';
import { composedSchema } from './composed-schema.ts';

describe('the operations of the web pages and the player', () => {
  const schema = composedSchema();
  const operations = {
    ...pageOperations,
    ...peopleOperations,
    ...playerOperations,
  };
  it.each(Object.entries(operations))('%s is valid against the composed schema', (_name, document) => {
    expect(validate(schema, parse(document))).toEqual([]);
  });
});
