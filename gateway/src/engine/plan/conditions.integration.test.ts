import { parse, validate } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { answering } from '../../../testing/corpus/answering.ts';
import { media } from '../../../testing/corpus/media.ts';
import { PLACEHOLDER, withRandomConditions } from '../../../testing/corpus/random-conditions.ts';
import { randomOperations } from '../../../testing/corpus/random-operations.ts';
import { shop } from '../../../testing/corpus/shop.ts';
import { vaults } from '../../../testing/corpus/vaults.ts';
import { workshop } from '../../../testing/corpus/workshop.ts';

interface Answer {
  data: unknown;
  errors?: { message: string }[];
}

describe('what stands beside something left out is there all the same:', () => {
  it.each([
    ['{ p { twice @include(if: false) plain } }', {}, { p: { plain: 0 } }],
    ['query ($a: Boolean!) { p { twice @include(if: $a) plain } }', { a: false }, { p: { plain: 0 } }],
    [
      'query ($a: Boolean!) { p { ... @skip(if: $a) { twice told } plain } }',
      { a: true },
      { p: { plain: 0 } },
    ],
    ['query ($a: Boolean!) { p { twice @skip(if: $a) n } }', { a: false }, { p: { n: 7, twice: 14 } }],
    [
      'query ($a: Boolean!) { p { n @include(if: $a) @skip(if: $a) plain } }',
      { a: true },
      { p: { plain: 0 } },
    ],
    ['query ($a: Boolean = false) { p { twice @include(if: $a) } }', {}, { p: {} }],
    [
      'query ($a: Boolean!, $b: Boolean!) { ps @include(if: $a) { n @include(if: $b) } }',
      { a: true, b: false },
      { ps: [{}, {}, {}] },
    ],
    [
      'query ($a: Boolean!, $b: Boolean!) { p { next @include(if: $a) { plain @include(if: $b) } } }',
      { a: true, b: false },
      { p: { next: {} } },
    ],
  ])('%s %j', async (query, variables, expected) => {
    const { answer } = await answering(workshop);
    expect(await answer({ query, variables })).toEqual({ data: expected });
    expect(await answer({ query, variables }, 'apollo')).toEqual({ data: expected });
  });

  it('and nothing is asked for when nothing is left', async () => {
    const { answer, asked } = await answering(workshop);
    const query = 'query ($a: Boolean!) { p @include(if: $a) { n } ... @include(if: $a) { ps { n } } }';
    expect(await answer({ query, variables: { a: false } })).toEqual({ data: {} });
    expect(asked()).toEqual([]);
  });
});

it('each combination of values is planned once', async () => {
  const { answer, graph } = await answering(workshop);
  const query = 'query ($a: Boolean!) { p { twice @include(if: $a) n } }';
  const planned = vi.spyOn(graph.planner, 'buildQueryPlan');
  for (const a of [true, false, true, false]) await answer({ query, variables: { a } });
  expect(planned).toHaveBeenCalledTimes(2);
});

describe.each([shop, media, workshop, vaults])('on the $name supergraph', (supergraph) => {
  it('any conditions give what the operation gives without what they leave out', async () => {
    const { answer, graph } = await answering(supergraph);
    let compared = 0;
    for (const [seed, { query }] of randomOperations(graph.schema, 120, 20_261_128).entries()) {
      if (query.length > 1_500) continue;
      const { conditional, plain } = withRandomConditions(query, seed);
      if (validate(graph.schema, parse(conditional.query)).length > 0) continue;
      const expected = (await answer(plain)) as Answer;
      const actual = (await answer(conditional)) as Answer;
      const about = `${conditional.query}\n${JSON.stringify(conditional.variables)}`;
      expect(actual.data, about).toEqual(withoutPlaceholders(expected.data));
      expect(messagesOf(actual), about).toEqual(messagesOf(expected));
      compared += 1;
    }
    expect(compared).toBeGreaterThan(50);
  }, 60_000);
});

/** Of equal fields that must not be null, a subgraph reports the error of the one it came to first. */
function messagesOf({ errors = [] }: Answer): string[] {
  return [...new Set(errors.map(({ message }) => message.replace(/\w+\.\w+/, '')))].sort();
}

function withoutPlaceholders(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, member) => (key === PLACEHOLDER ? undefined : member));
}
