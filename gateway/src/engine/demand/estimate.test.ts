import fc from 'fast-check';
import { getVariableValues, type OperationDefinitionNode, parse, validate } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { bruteForce, LEAVES, LIST_SIZE, pricedGraph, TABLE } from '../../../testing/priced.ts';
import type { Graph } from '../../graph/graph.ts';
import { actualCost } from './actual.ts';
import { compileEstimate } from './estimate.ts';
import { createRules } from './rules.ts';

const HEADER = 'query ($n: Int, $m: Int = 1, $yes: Boolean = true, $ids: [ID!], $filter: Filter)';

let graph: Graph;
beforeAll(async () => {
  graph = await pricedGraph();
});

function prepared(query: string, given: Record<string, unknown> = {}) {
  const document = parse(query);
  const definition = document.definitions[0] as OperationDefinitionNode;
  const { coerced, errors } = getVariableValues(graph.schema, definition.variableDefinitions ?? [], given);
  if (!coerced) throw errors[0];
  return { document, definition, rules: createRules(graph.schema, graph.costs), variables: coerced };
}

function estimate(query: string, given: Record<string, unknown> = {}) {
  const { document, definition, rules, variables } = prepared(query, given);
  expect(validate(graph.schema, document).filter(({ message }) => !/never used/.test(message))).toEqual([]);
  return compileEstimate(document, definition, rules, LIST_SIZE)(variables);
}

function actual(query: string, data: Record<string, unknown> | null, given: Record<string, unknown> = {}) {
  const { variables, ...operation } = prepared(query, given);
  return actualCost(operation, variables, data);
}

const VALUES: Record<string, readonly string[]> = {
  first: ['0', '1', '3', '-4', '$n', '$m', 'null'],
  last: ['0', '2', '$n'],
  ids: ['[]', '["a", "b"]', '$ids'],
  level: ['1', '$n', 'null'],
  filter: [
    '{}',
    '{ title: "a", note: "b" }',
    '{ any: [{}, { title: "c", year: null }], year: 1 }',
    '{ any: [] }',
    '$filter',
    'null',
  ],
};
const FRAGMENTS: Record<string, readonly string[]> = {
  Node: ['Film', 'Person', 'Node'],
  Thing: ['Film', 'Person', 'Node'],
  Film: ['Film', 'Node'],
  Person: ['Person', 'Node'],
};
const CONDITIONS = ['', '', '', '', ' @skip(if: $yes)', ' @include(if: $yes)', ' @include(if: false)'];

/** An operation in which every field has a response name of its own. */
function randomQuery(g: fc.GeneratorValue): string {
  let names = 0;
  const fragments: string[] = [];
  const pick = <T>(options: readonly T[]): T => options[g(fc.nat, { max: options.length - 1 })]!;
  const selections = (type: string, depth: number): string => {
    const parts = ['__typename'];
    const fields = Object.entries(TABLE[type]!).filter(([, { gives }]) => depth > 0 || LEAVES.has(gives));
    for (let left = fields.length > 0 ? g(fc.nat, { max: 3 }) : 0; left > 0; left -= 1) {
      const [name, { gives, args = {} }] = pick(fields);
      const given = Object.keys(args).filter(() => g(fc.boolean));
      const list = given.map((one) => `${one}: ${pick(VALUES[one]!)}`).join(', ');
      const inner = LEAVES.has(gives) ? '' : ` { ${selections(gives, depth - 1)} }`;
      names += 1;
      parts.push(`a${names}: ${name}${list && `(${list})`}${pick(CONDITIONS)}${inner}`);
    }
    if (FRAGMENTS[type] && depth > 0 && g(fc.boolean)) {
      const on = pick(FRAGMENTS[type]);
      const inner = selections(on, depth - 1);
      if (g(fc.boolean)) parts.push(`... on ${on}${pick(CONDITIONS)} { ${inner} }`);
      else {
        const name = `F${fragments.length}`;
        fragments.push(`fragment ${name} on ${on} { ${inner} }`);
        parts.push(`...${name}${pick(CONDITIONS)}`);
      }
    }
    return parts.join(' ');
  };
  return `${HEADER} { ${selections('Query', 4)} } ${fragments.join(' ')}`;
}

it('is what an answer item by item costs whose lists are as long as they are said to be, for any operation', () => {
  const title = fc.option(fc.string());
  const year = fc.option(fc.nat());
  const any = fc.option(fc.array(fc.record({ title, year }, { requiredKeys: [] }), { maxLength: 2 }));
  const filter = fc.record({ title, any, year }, { requiredKeys: [] });
  const variables = fc.record(
    {
      n: fc.option(fc.integer({ min: -3, max: 3 })),
      m: fc.integer({ min: 0, max: 3 }),
      yes: fc.boolean(),
      ids: fc.option(fc.array(fc.string(), { maxLength: 3 })),
      filter: fc.option(filter),
    },
    { requiredKeys: [] },
  );
  let refused = 0;
  let costly = 0;
  fc.assert(
    fc.property(fc.gen(), variables, (g, given) => {
      const query = randomQuery(g);
      const reference = bruteForce(query, graph, given);
      const estimated = estimate(query, given);
      if (!reference) {
        refused += 1;
        expect(estimated.ok, query).toBe(false);
        return;
      }
      if (reference.cost > 10) costly += 1;
      expect(estimated, query).toEqual({ ok: true, cost: reference.cost });
      expect(actual(query, reference.data, given), query).toBe(reference.cost);
    }),
    { numRuns: 400 },
  );
  expect(refused).toBeGreaterThan(5);
  expect(costly).toBeGreaterThan(50);
});

describe('an estimate', () => {
  it.each([
    ['{ film { id } }', 3],
    ['{ films { id } }', 9],
    ['{ films(first: 100) { id cast { id } } }', 100 * (3 + 2)],
    ['{ films(ids: ["a", "b"]) { id } }', 9],
    ['{ page(first: 5) { items { id } tags others { id } } }', 1 + 5 * 3 + 2 * 3],
    ['{ page { items { id } } }', 1 + 2 * 3],
    ['{ costly(level: 1) }', 6],
    ['{ film @skip(if: true) { id } }', 0],
    ['{ __schema { types { name } } }', 0],
    ['mutation { rate(input: { title: "a" }) { id } }', 10 + 1 + 2 + 1 + 3],
    ['subscription { rated(first: 9) { id } }', 3],
  ])('of %s is %i', (query, cost) => {
    expect(estimate(query)).toEqual({ ok: true, cost });
  });

  it.each([['{ exact { id } }'], ['{ exact(first: 1, last: 1) { id } }'], ['{ exact(first: null) { id } }']])(
    'of %s needs one slicing argument',
    (query) => {
      expect(estimate(query)).toEqual({
        ok: false,
        message: 'Query.exact takes exactly one of these arguments: first, last',
      });
    },
  );

  it('does not fall by items below zero, nor by what is skipped', () => {
    expect(estimate('{ films(first: -1000) { id } node { id } }')).toEqual({ ok: true, cost: 3 });
    expect(estimate('{ exact @skip(if: true) { id } film { id } }')).toEqual({ ok: true, cost: 3 });
  });

  it('takes the most expensive type and field that an interface may turn out to have', () => {
    expect(estimate('{ node { related { id } } }')).toEqual({ ok: true, cost: 3 + 2 * 5 });
  });
});

describe('an actual cost', () => {
  it('is of what there is, once for each response name', () => {
    const query = '{ films(first: 9) { id cast { id } } films(first: 9) { cast { id related { id } } } }';
    const cast = [{ id: 'p', related: [] }, null];
    expect(
      actual(query, {
        films: [
          { id: 'a', cast: null },
          { id: 'b', cast },
        ],
      }),
    ).toBe(3 + 3 + 1);
  });

  it('is that of its beginning when there are no data', () => {
    expect(actual('{ film { id } }', null)).toBe(0);
    expect(actual('mutation { rate { id } }', null)).toBe(10);
  });
});
