import fc from 'fast-check';
import { parse, validate } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answering, answering } from '../../../testing/corpus/answering.ts';
import { workshop } from '../../../testing/corpus/workshop.ts';

type Json = Record<string, unknown>;
interface Chosen {
  alias: string | null;
  field: string;
  args: string;
  of: Chosen[] | null;
}

let workshopGraph: Answering;
beforeAll(async () => {
  workshopGraph = await answering(workshop);
});

const ask = async (query: string) =>
  (await workshopGraph.answer({ query })) as { data: Json; errors?: unknown };

describe('what a field requires is never what a client calls so:', () => {
  it.each([
    ['{ ps { n: id twice } }', [0, 14, -2].map((twice, index) => ({ n: ['', 'b', '0'][index], twice }))],
    ['{ p { id: label twice } }', { id: 'bolt', twice: 14 }],
    ['{ p { __typename: id } }', { __typename: 'b' }],
    ['{ p { __typename: id twice name: __typename } }', { __typename: 'b', twice: 14, name: 'Part' }],
    ['{ p { price cost } }', { price: 700, cost: 7 }],
    ['{ p { price(in: "JPY") cost } }', { price: 700, cost: 7 }],
    ['{ p { spec { n: label deep { n } } inner } }', { spec: { n: 'bolt', deep: { n: 21 } }, inner: 35 }],
    ['{ p { spec: plain inner } }', { spec: 0, inner: 35 }],
    ['{ p { asked_n: id n: label twice } }', { asked_n: 'b', n: 'bolt', twice: 14 }],
    ['{ p { n @skip(if: true) twice } }', { twice: 14 }],
    [
      '{ p { cells { n: id } table } }',
      { cells: [[{ n: null }, null], [], [{ n: null }]], table: '[[{"n":7},null],[],[{"n":0}]]' },
    ],
  ])('%s', async (query, expected) => {
    expect(await ask(query)).toEqual({ data: { [query.startsWith('{ ps') ? 'ps' : 'p']: expected } });
    // The stock executor does not look into lists of lists.
    if (!query.includes('table'))
      expect(await workshopGraph.answer({ query }, 'apollo')).toEqual(await ask(query));
  });

  it('also at the root', async () => {
    expect(await ask('{ __typename: p { n: id twice } }')).toEqual({
      data: { __typename: { n: 'b', twice: 14 } },
    });
  });

  it('errors have the client’s names in their paths', async () => {
    const query = '{ id: ps { spec: refused } }';
    const paths = [0, 1, 2].map((index) => ({ path: ['id', index, 'spec'] }));
    expect((await ask(query)).errors).toMatchObject(paths);
    expect(await workshopGraph.answer({ query }, 'apollo')).toMatchObject({ errors: paths });
  });
});

const NAMES = [
  'n',
  'id',
  'label',
  'on',
  'price',
  'spec',
  'cells',
  'deep',
  'twice',
  'x',
  '__typename',
  'asked_n',
  'asked_asked_n',
];
const aliases = fc.option(fc.constantFrom(...NAMES), { nil: null });
const leaf = (fields: readonly [string, string][]) =>
  fc
    .tuple(aliases, fc.constantFrom(...fields))
    .map(([alias, [field, args]]): Chosen => ({ alias, field, args, of: null }));
const node = (fields: readonly string[], of: fc.Arbitrary<Chosen[]>) =>
  fc
    .tuple(aliases, fc.constantFrom(...fields), of)
    .map(([alias, field, inner]): Chosen => ({ alias, field, args: '', of: inner }));
const some = (arbitrary: fc.Arbitrary<Chosen>) =>
  fc.uniqueArray(arbitrary, { minLength: 1, maxLength: 5, selector: ({ alias, field }) => alias ?? field });
const plain = (...fields: string[]) => fields.map((field): [string, string] => [field, '']);

const deep = some(leaf(plain('n', '__typename')));
const spec = some(fc.oneof(leaf(plain('n', 'label')), node(['deep'], deep)));
const cells = some(leaf(plain('n', 'id')));
const PART_FIELDS: [string, string][] = [
  ...plain(
    'id',
    'n',
    'label',
    'on',
    'price',
    'twice',
    'told',
    'cost',
    'inner',
    'table',
    'plain',
    '__typename',
    'tags',
  ),
  ['price', '(in: "EUR")'],
  ['price', '(in: "JPY")'],
];
const flatPart = some(
  fc.oneof({ weight: 4, arbitrary: leaf(PART_FIELDS) }, node(['spec'], spec), node(['cells'], cells)),
);
const part = some(
  fc.oneof(
    { weight: 4, arbitrary: leaf(PART_FIELDS) },
    node(['spec'], spec),
    node(['cells'], cells),
    node(['next'], flatPart),
  ),
);
const root = some(node(['p', 'ps', 'grid'], part));

const text = (chosen: readonly Chosen[]): string =>
  `{ ${chosen.map(({ alias, field, args, of }) => `${alias ? `${alias}: ` : ''}${field}${args}${of ? ` ${text(of)}` : ''}`).join(' ')} }`;

/** The ways to a leaf, each a selection with nothing beside it. */
function pathsOf(chosen: readonly Chosen[]): Chosen[][] {
  return chosen.flatMap((one) => (one.of ? pathsOf(one.of).map((rest) => [one, ...rest]) : [[one]]));
}

/** Fetches one field alone, under its own name; then calls it what the client calls it. */
const alone = new Map<string, Promise<unknown>>();
async function fetchAlone(path: readonly Chosen[]): Promise<unknown> {
  const query = path.reduceRight((inner, { field, args }) => `{ ${field}${args} ${inner} }`, '');
  if (!alone.has(query)) alone.set(query, ask(query));
  const { data, errors } = (await alone.get(query)) as { data: Json; errors?: unknown };
  expect(errors, query).toBeUndefined();
  return renamed(data, path);
}

function renamed(value: unknown, [first, ...rest]: readonly Chosen[]): unknown {
  if (!first || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => renamed(element, [first, ...rest]));
  return { [first.alias ?? first.field]: renamed((value as Json)[first.field], rest) };
}

function merged(a: unknown, b: unknown): unknown {
  if (Array.isArray(a) && Array.isArray(b)) return a.map((element, index) => merged(element, b[index]));
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return b;
  const result: Json = { ...a };
  for (const [key, value] of Object.entries(b))
    result[key] = key in result ? merged(result[key], value) : value;
  return result;
}

it('any aliases and arguments give each field what it is when fetched alone', async () => {
  await fc.assert(
    fc.asyncProperty(root, async (chosen) => {
      const query = text(chosen);
      fc.pre(validate(workshopGraph.graph.schema, parse(query)).length === 0);
      let expected: unknown = {};
      for (const path of pathsOf(chosen)) expected = merged(expected, await fetchAlone(path));
      expect(await ask(query), query).toEqual({ data: expected });
    }),
    { numRuns: 300, seed: 18 },
  );
}, 60_000);
