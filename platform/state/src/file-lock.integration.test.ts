import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFile } from './file-lock.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a file lock', () => {
  it('is had by one at a time', () => {
    const path = join(directory, 'a/b/lock');
    const release = lockFile(path);
    expect(release).not.toBeNull();
    expect(lockFile(path)).toBeNull();
    release?.();
    const again = lockFile(path);
    expect(again).not.toBeNull();
    again?.();
  });

  it('ends with its process, killed or not', async () => {
    const path = join(directory, 'lock');
    const source = `import { lockFile } from ${JSON.stringify(import.meta.resolve('./file-lock.ts'))};
      lockFile(${JSON.stringify(path)}); process.stdout.write('locked'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    expect(lockFile(path)).toBeNull();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const release = lockFile(path);
    expect(release).not.toBeNull();
    release?.();
  });
});
