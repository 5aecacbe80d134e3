import { createLogger } from '@giggityflix/kernel';
import { describe, expect, it } from 'vitest';
import { createMissing } from './missing.ts';

const logger = createLogger({ service: 'peer', level: 'silent' });
const nothing = {
  dataDir: '/data',
  mediaDirs: ['/films'],
  indexProblem: null,
  writeProblem: () => null,
  lastScan: () => null,
  clockOffsetMs: () => 0,
  withheld: () => ({ files: 0, most: Number.POSITIVE_INFINITY }),
};

describe('what is missing', () => {
  it('is nothing where all is well', () => {
    expect(createMissing(nothing, { logger }).list()).toEqual([]);
  });

  it('is a place for the files beyond those the platform takes of one machine', () => {
    const missing = createMissing({ ...nothing, withheld: () => ({ files: 3, most: 20_000 }) }, { logger });
    expect(missing.list()).toEqual([
      'a place for 3 more files: the platform takes 20000 of one machine (its operator sets MAX_FILES_PER_PEER)',
    ]);
  });

  it('is the right time, in minutes', () => {
    const missing = createMissing({ ...nothing, clockOffsetMs: () => 90_000 }, { logger });
    expect(missing.list()).toEqual(["this machine's clock is 1.5 minutes behind: set it"]);
  });
});
