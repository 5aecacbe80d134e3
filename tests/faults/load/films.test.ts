import { FOREIGN_ROOTS, fileOfSize } from '@giggityflix/testing/processes';
import { expect, it } from 'vitest';
import { piecesRoot } from './films.ts';

it.each(FOREIGN_ROOTS.filter(([sizeBytes]) => sizeBytes < 1_000_000))(
  'the root of %i bytes is that of libtorrent',
  (sizeBytes, root) => {
    expect(piecesRoot(Buffer.from(fileOfSize(sizeBytes)))).toBe(root);
  },
);
