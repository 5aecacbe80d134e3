import { expect, it } from 'vitest';
import { createControlReader } from './control-reader.ts';

it.each([
  ['of a kind this peer does not know', { type: 'thumbnails', id: 7 }, 7],
  ['with a value out of bounds', { type: 'read', id: 8, start: -1, end: 1 }, 8],
  ['with an id that is none', { type: 'thumbnails', id: 'x' }, undefined],
  ['without one', { type: 'thumbnails' }, undefined],
  ['that is no object', [7], undefined],
])('reports which request it does not understand: one %s', (_which, request, id) => {
  expect(createControlReader()(JSON.stringify(request))).toEqual({ kind: 'fault', id });
});

it('understands nothing of what is not JSON, nor of what is not text', () => {
  const read = createControlReader();
  expect(read('{')).toEqual({ kind: 'fault' });
  expect(read(new Uint8Array(3))).toEqual({ kind: 'fault' });
});
