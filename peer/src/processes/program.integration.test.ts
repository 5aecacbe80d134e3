import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import { processesWith } from '../../testing/streaming.ts';
import { PROBE_LIMITS } from './limits.ts';
import { startProgram } from './program.ts';
import { runProgram } from './run.ts';

/** A program of these lines of shell, in a folder of its own. */
function script(lines: string): string {
  const path = join(temporaryDir(), 'program');
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('a program that reads what strangers made', () => {
  it('is killed at its time, with all it started', async () => {
    const path = script(
      'trap "" TERM\nsh -c "trap \'\' TERM; sleep 600; : $0" "$0" &\nwhile :; do sleep 0.05; done',
    );
    const result = await runProgram({ path, args: [], limits: { ...PROBE_LIMITS, wallMs: 300 } });
    expect(result).toMatchObject({ exceeded: 'time', signal: 'SIGKILL' });
    await expect.poll(() => processesWith(path)).toEqual([]);
  });

  it('is killed when it writes more than its limit', async () => {
    const limits = { ...PROBE_LIMITS, outputBytes: 100_000 };
    const result = await runProgram({ path: 'cat', args: ['/dev/zero'], limits });
    expect(result.exceeded).toBe('output');
    expect(result.stdout.length).toBeLessThan(2_000_000);
  });

  it('is killed when nobody wants its output any more', async () => {
    const path = script('while :; do sleep 0.05; done');
    const leave = new AbortController();
    const running = runProgram({ path, args: [], limits: PROBE_LIMITS }, leave.signal);
    running.catch(() => {});
    await expect.poll(() => processesWith(path)).toHaveLength(1);
    leave.abort(new Error('left'));
    await expect(running).rejects.toThrow('left');
    expect(processesWith(path)).toEqual([]);
  });

  it('has bounded memory and processor time, no core file, and room for no file of its own', async () => {
    const memoryBytes = 512 * 1_024 * 1_024;
    const { stdout } = await runProgram({
      path: script('ulimit -v; ulimit -t; ulimit -c'),
      args: [],
      limits: { ...PROBE_LIMITS, memoryBytes, cpuSeconds: 7 },
    });
    expect(stdout.toString().trim().split('\n')).toEqual([String(memoryBytes / 1_024), '7', '0']);
  });

  it('knows nothing but where programs are, in an empty folder, with no input', async () => {
    vi.stubEnv('REGISTRATION_TOKEN', 'secret');
    onTestFinished(() => void vi.unstubAllEnvs());
    const path = script('env; echo "files: $(ls -A | wc -l)"; echo "input: $(wc -c)"');
    const text = (await runProgram({ path, args: [], limits: PROBE_LIMITS })).stdout.toString();
    expect(text).not.toContain('secret');
    const names = text.split('\n').flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
    // A shell sets some of its own.
    expect(names.filter((name) => !['PATH', 'PWD', 'OLDPWD', 'SHLVL', '_'].includes(name))).toEqual([]);
    expect(text).toMatch(/files: +0\ninput: +0/);
  });

  it.skipIf(!existsSync('/usr/bin/setpriv'))('can gain no rights, and ends with the daemon', async () => {
    const { stdout } = await runProgram({ path: 'cat', args: ['/proc/self/status'], limits: PROBE_LIMITS });
    expect(stdout.toString()).toMatch(/NoNewPrivs:\s+1/);
  });

  it('reads an open file whatever its name leads to by then', async () => {
    const path = join(temporaryDir(), '-i %d:film');
    writeFileSync(path, 'the film');
    const { open, rename } = await import('node:fs/promises');
    const handle = await open(path);
    await rename(path, `${path}.gone`);
    const args = ['/dev/fd/3'];
    const result = await runProgram({ path: 'cat', args, fd: handle.fd, limits: PROBE_LIMITS });
    await handle.close();
    expect(result.stdout.toString()).toBe('the film');
  });

  it('that is not there is said to be missing', async () => {
    for (const path of ['/nonexistent/ffmpeg', 'no-such-program-anywhere'])
      await expect(startProgram({ path, args: [], limits: PROBE_LIMITS })).rejects.toMatchObject({
        name: 'ProgramError',
        isMissing: true,
      });
  });
});

it('no file of the daemon starts a program in another way', async () => {
  const { globSync } = await import('node:fs');
  const src = join(import.meta.dirname, '..');
  const direct = globSync('**/*.ts', { cwd: src })
    .filter((name) => !name.endsWith('.test.ts'))
    .filter((name) => readFileSync(join(src, name), 'utf8').includes('node:child_process'));
  expect(direct.sort()).toEqual(['processes/confinement.ts', 'processes/program.ts']);
});
