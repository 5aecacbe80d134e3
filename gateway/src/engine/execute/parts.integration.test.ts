import { isDeepStrictEqual } from 'node:util';
import { parse, validate } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answering, answering } from '../../../testing/corpus/answering.ts';
import { media } from '../../../testing/corpus/media.ts';
import { deferRandomly } from '../../../testing/corpus/random-defers.ts';
import { randomOperations } from '../../../testing/corpus/random-operations.ts';
import { shop } from '../../../testing/corpus/shop.ts';
import type { CorpusOperation } from '../../../testing/corpus/supergraph.ts';

const RANDOM_OPERATIONS = 40;
const MAX_LENGTH = 1_500;

type Json = Record<string, unknown>;

/** What a client has of all parts, and where one is missing that failed. */
async function merged(setting: Answering, operation: CorpusOperation) {
  const { first, next } = await setting.answerInParts(operation);
  const data = first.result.data ?? null;
  const errors = [...(first.result.errors ?? [])];
  const failed: (readonly (string | number)[])[] = [];
  const pending = new Set(first.pending.map(({ id }) => id));
  for (const [index, ready] of next.entries()) {
    for (const { part, data: added, errors: reported } of ready.parts) {
      expect(pending.delete(part.id)).toBe(true);
      errors.push(...reported);
      if (added === null) failed.push(part.path);
      else deepMerge(part.path.reduce((value, key) => (value as Json)[key], data as unknown) as Json, added);
    }
    for (const { id } of ready.pending) pending.add(id);
    expect(ready.hasNext).toBe(pending.size > 0);
    expect(index === next.length - 1).toBe(!ready.hasNext);
  }
  expect(pending.size).toBe(0);
  return { data, errors, failed, parts: next.length };
}

/** As clients merge: objects by member, lists by position. */
function deepMerge(target: Json, source: Json): void {
  for (const [key, value] of Object.entries(source)) {
    const present = target[key];
    if (typeof present === 'object' && present !== null && typeof value === 'object' && value !== null)
      deepMerge(present as Json, value as Json);
    else target[key] = value;
  }
}

describe.each([shop, media])(
  'on the $name supergraph, parts together are the answer without @defer:',
  (supergraph) => {
    let setting: Answering;
    let operations: { plain: CorpusOperation; deferred: CorpusOperation }[];
    beforeAll(async () => {
      setting = await answering(supergraph);
      const plain = [
        ...supergraph.operations,
        ...randomOperations(setting.graph.schema, RANDOM_OPERATIONS, 20_261_128),
      ].filter(
        ({ query }) =>
          query.length <= MAX_LENGTH && validate(setting.graph.schema, parse(query)).length === 0,
      );
      operations = plain
        .map((operation, index) => {
          const deferred = deferRandomly(operation, index);
          const declares = /\$yes: Boolean!/.test(deferred.query);
          return {
            plain: operation,
            deferred: declares
              ? deferred
              : { ...deferred, query: deferred.query.replace(/\(if: \$(yes|no)\)/g, '') },
          };
        })
        .filter(
          ({ deferred }) =>
            /@defer/.test(deferred.query) &&
            validate(setting.graph.schema, parse(deferred.query)).length === 0,
        );
    });

    it.each([null, ...supergraph.subgraphs.map(({ name }) => name)])(
      '%s failing',
      async (failing) => {
        setting.fail(failing);
        let inParts = 0;
        let differing = 0;
        for (const { plain, deferred } of operations) {
          const text = `${deferred.query}\n${JSON.stringify(deferred.variables)}`;
          if (!(await isDeferred(setting, deferred))) continue;
          const expected = (await setting.answer(plain)) as {
            data: Json | null;
            errors?: { path?: unknown }[];
          };
          const { data, errors, failed, parts } = await merged(setting, deferred);
          if (parts > 0) inParts += 1;
          // A part may be fetched from another subgraph than the whole would be, and has its errors then. A null that would take
          // what is around a part from the client takes the part alone.
          if (errors.length === 0 || (failing === null && failed.length === 0 && !expected.errors))
            expect(data, text).toEqual(expected.data);
          else if (!isDeepStrictEqual(data, expected.data)) differing += 1;
          // Without @defer being heeded, nothing is different.
          expect(((await setting.answer(deferred)) as { data: unknown }).data, text).toEqual(expected.data);
        }
        if (failing === null) expect(differing).toBeLessThan(inParts / 4);
        expect(inParts).toBeGreaterThan(failing === null ? 10 : 2);
      },
      240_000,
    );
  },
);

async function isDeferred(setting: Answering, operation: CorpusOperation): Promise<boolean> {
  return setting.answerInParts(operation).then(
    () => true,
    () => false,
  );
}
