import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, it } from 'vitest';

// Claims of its own: those of tests beside this one may come and go.
const folder = mkdtempSync(join(tmpdir(), 'ports-'));
process.env.TMPDIR = folder;
const { freePorts } = await import('./free-ports.ts');
const { claimPort, releasePort } = await import('./port-claims.ts');

const COUNT = 150;
const PROGRAM = `
  import { freePorts } from ${JSON.stringify(new URL('./free-ports.ts', import.meta.url).href)};
  console.log(JSON.stringify(await freePorts(${COUNT})));
  process.stdin.resume();
`;

describe('free ports', () => {
  afterAll(() => rmSync(folder, { recursive: true }));
  const started: ReturnType<typeof spawn>[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  const start = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    started.push(child);
    const [line] = await once(createInterface({ input: child.stdout! }), 'line');
    return { child, ports: JSON.parse(line) as number[] };
  };

  it('are given to one process each, though nothing listens there', async () => {
    const all = await Promise.all([start(), start(), start()]);
    const ports = [
      ...all.flatMap((each) => each.ports),
      ...(await freePorts(COUNT)),
      ...(await freePorts(COUNT)),
    ];
    expect(new Set(ports).size).toBe(5 * COUNT);
  });

  it('are given to others once their process has ended, however it did', async () => {
    const { child, ports } = await start();
    expect(ports.map(claimPort)).not.toContain(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(ports.map(claimPort)).not.toContain(false);
  });

  it.skipIf(process.getuid?.() !== 0)('are claimed by a user that no list of users has', async () => {
    const user = 2_000_000_001;
    const home = mkdtempSync(join(tmpdir(), 'nameless-'));
    chownSync(home, user, user);
    // That user may not be let into the folders above, of the checkout or of the claims.
    const source = readFileSync(new URL('./port-claims.ts', import.meta.url), 'utf8');
    const program = `process.seteuid(${user}); ${source} console.log(claimPort(9_999), claimPort(9_999));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module-typescript', '--eval', program],
      { cwd: home, env: { ...process.env, TMPDIR: '.' } },
    );
    rmSync(home, { recursive: true });
    expect(stdout).toBe('true false\n');
  });

  it('are given up, and are claimed where a claim was left half written', () => {
    // None that is chosen.
    const port = 9_999;
    const claims = () => readdirSync(join(folder, readdirSync(folder)[0]!));
    expect([claimPort(port), claimPort(port)]).toEqual([true, false]);
    releasePort(port);
    expect(claims()).not.toContain(String(port));
    const path = join(folder, readdirSync(folder)[0]!, String(port));
    writeFileSync(path, '');
    expect(claimPort(port)).toBe(false);
    utimesSync(path, 1, 1);
    expect(claimPort(port)).toBe(true);
    expect(claims().filter((name) => name.includes('.'))).toEqual([]);
    releasePort(port);
  });
});
