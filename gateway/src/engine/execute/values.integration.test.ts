import { beforeAll, describe, expect, it } from 'vitest';
import { type Answering, answering } from '../../../testing/corpus/answering.ts';
import { workshop } from '../../../testing/corpus/workshop.ts';

let graph: Answering;
beforeAll(async () => {
  graph = await answering(workshop);
});

describe('values of every kind arrive as the subgraphs gave them:', () => {
  it.each([
    [
      'those that are falsy where the planner renamed a field',
      '{ things { ... on Bolt { size name } ... on Nut { size name } } }',
      {
        things: [
          { size: 0, name: '' },
          { size: 0, name: '' },
          { size: null, name: null },
          { size: 3, name: 'b' },
        ],
      },
    ],
    [
      'those that are falsy, and what is computed of them',
      '{ ps { id n label on twice told plain } }',
      {
        ps: [
          { id: '', n: 0, label: '', on: false, twice: 0, told: '["",false]', plain: 0 },
          { id: 'b', n: 7, label: 'bolt', on: true, twice: 14, told: '["bolt",true]', plain: 0 },
          { id: '0', n: -1, label: '0', on: false, twice: -2, told: '["0",false]', plain: 0 },
        ],
      },
    ],
    [
      'what is computed of lists of lists',
      '{ p { table } }',
      { p: { table: '[[{"n":7},null],[],[{"n":0}]]' } },
    ],
    [
      'those of entities in lists of lists',
      '{ grid { twice inner } }',
      {
        grid: [
          [{ twice: 0, inner: 0 }, null],
          [],
          [
            { twice: 14, inner: 35 },
            { twice: -2, inner: -5 },
          ],
        ],
      },
    ],
    [
      'those of one subgraph at a root where the other has null',
      '{ shared { n zero extra } }',
      { shared: { n: 0, zero: false, extra: null } },
    ],
    [
      'those of lists of lists that two subgraphs share',
      '{ both { rows { n id } } }',
      { both: { rows: [[{ n: 0, id: 0 }], []] } },
    ],
  ])('%s', async (_what, query, data) => {
    expect(await graph.answer({ query })).toEqual({ data });
  });
});
