import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockDataDir } from './lock.ts';

it('gives a data folder to one process at a time', () => {
  const directory = mkdtempSync(join(tmpdir(), 'lock-'));
  const release = lockDataDir(directory);
  expect(release).not.toBeNull();
  expect(lockDataDir(directory)).toBeNull();
  release?.();
  const again = lockDataDir(directory);
  expect(again).not.toBeNull();
  again?.();
  rmSync(directory, { recursive: true, force: true });
});
