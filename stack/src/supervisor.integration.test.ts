import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessPlan } from './plan.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

let directory: string;
let supervisor: Supervisor | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supervisor-'));
});
afterEach(async () => {
  await supervisor?.stop();
  supervisor = undefined;
  rmSync(directory, { recursive: true, force: true });
});

function processRunning(name: ProcessPlan['name'], source: string): ProcessPlan {
  const script = join(directory, `${name}.mjs`);
  writeFileSync(script, source);
  return { name, nodeOptions: [], script, arguments: [], environment: { PATH: process.env.PATH } };
}

const SERVES = `setInterval(() => {}, 1000);
  process.on('SIGTERM', () => { console.log('bye'); process.exit(0); }); process.send({ type: 'started' });`;

describe('the supervisor', () => {
  it('starts a process again that was killed', async () => {
    const restarts: string[] = [];
    supervisor = createSupervisor([processRunning('edge', SERVES)], {
      line() {},
      restarting: (name, cause) => restarts.push(`${name} ${cause}`),
    });
    supervisor.start();
    await supervisor.started('edge');
    const first = supervisor.pid('edge')!;
    process.kill(first, 'SIGKILL');
    await expect.poll(() => [null, first].includes(supervisor!.pid('edge'))).toBe(false);
    expect(restarts).toEqual(['edge was ended by SIGKILL']);
  });

  it('waits longer each time for a process that keeps failing', async () => {
    const delays: number[] = [];
    supervisor = createSupervisor([processRunning('peer', 'process.exit(1)')], {
      line() {},
      restarting: (_name, _cause, delayMs) => delays.push(delayMs),
    });
    supervisor.start();
    await expect.poll(() => delays.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
    expect(delays[1]).toBeGreaterThan(delays[0]!);
    expect(delays[2]).toBeGreaterThan(delays[1]!);
  });

  it('stops the last of the plan first, and lets each finish', async () => {
    const lines: string[] = [];
    supervisor = createSupervisor([processRunning('hub', SERVES), processRunning('peer', SERVES)], {
      line: (name, line) => lines.push(`${name} ${line}`),
      restarting() {},
    });
    supervisor.start();
    await Promise.all([supervisor.started('hub'), supervisor.started('peer')]);
    await supervisor.stop();
    expect(lines.filter((line) => line.endsWith('bye'))).toEqual(['peer bye', 'hub bye']);
    expect([supervisor.pid('hub'), supervisor.pid('peer')]).toEqual([null, null]);
  });

  it('kills a process that does not go', async () => {
    supervisor = createSupervisor(
      [
        processRunning(
          'edge',
          `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.send({ type: 'started' });`,
        ),
      ],
      { line() {}, restarting() {} },
    );
    supervisor.start();
    await supervisor.started('edge');
    await supervisor.stop();
    expect(supervisor.pid('edge')).toBeNull();
  });
});
