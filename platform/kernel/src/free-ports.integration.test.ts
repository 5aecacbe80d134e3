import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { freePorts } from './free-ports.ts';

const COUNT = 150;
const PROGRAM = `
  import { freePorts } from ${JSON.stringify(new URL('./free-ports.ts', import.meta.url).href)};
  console.log(JSON.stringify(await freePorts(${COUNT})));
  process.stdin.resume();
`;

describe('free ports', () => {
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
    const { claimPort } = await import('./port-claims.ts');
    const { child, ports } = await start();
    expect(ports.map(claimPort)).not.toContain(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(ports.map(claimPort)).not.toContain(false);
  });
});
