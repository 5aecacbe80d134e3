import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import * as operations from '../../web/app/operations.ts';
import { composedSchema } from './composed-schema.ts';

describe('the operations of the web pages', () => {
  const schema = composedSchema();
  it.each(Object.entries(operations))('%s is valid against the composed schema', (_name, document) => {
    expect(validate(schema, parse(document))).toEqual([]);
  });
});
