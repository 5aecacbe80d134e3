import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeBackup } from './folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'giggityflix-backup-folder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rightsOf = (path: string) => statSync(path).mode & 0o777;
const backUp = (to: string, write: (partial: string) => void = () => {}) =>
  writeBackup({
    to,
    force: false,
    mode: 'all-in-one',
    async write(partial) {
      write(partial);
      return [];
    },
  });

it('a backup is of its owner alone, and the folder it is put into stays as it is', async () => {
  const shared = join(folder, 'shared');
  mkdirSync(shared);
  chmodSync(shared, 0o755);
  await backUp(join(shared, 'backup'));
  expect([rightsOf(shared), rightsOf(join(shared, 'backup'))]).toEqual([0o755, 0o700]);
  await backUp(join(folder, 'new', 'backup'));
  expect(rightsOf(join(folder, 'new'))).toBe(0o700);
});

it('nothing is left of a backup that fails, and what is no backup is not touched', async () => {
  const failing = backUp(join(folder, 'failed'), () => {
    throw new Error('no room');
  });
  await expect(failing).rejects.toThrow('no room');
  expect(existsSync(join(folder, 'failed'))).toBe(false);
  const mine = join(folder, 'mine');
  mkdirSync(mine);
  writeFileSync(join(mine, 'letter.txt'), 'dear');
  await expect(backUp(mine)).rejects.toThrow('is not empty');
});
