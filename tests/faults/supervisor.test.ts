import { expect, it, onTestFinished } from 'vitest';
import type { Cluster, ClusterProcess } from '../../stack/src/cluster/index.ts';
import { createSupervisor } from './supervisor.ts';

function setUp(...names: string[]) {
  const starts: string[] = [];
  const processes = names.map((name) => {
    const process = {
      name,
      isRunning: true,
      logPath: `${name}.log`,
      ready: async () => process.isRunning,
      async start() {
        starts.push(name);
        process.isRunning = true;
      },
    };
    return process;
  });
  const cluster = {
    processes: processes as unknown as ClusterProcess[],
    process: (name: string) => processes.find((one) => one.name === name) as unknown as ClusterProcess,
  } as unknown as Cluster;
  const supervisor = createSupervisor(cluster, () => {});
  onTestFinished(() => supervisor.stop());
  const end = async (name: string) => {
    const before = starts.length;
    processes.find((one) => one.name === name)!.isRunning = false;
    await expect.poll(() => starts.length).toBe(before + 1);
    expect(starts.at(-1)).toBe(name);
  };
  return { supervisor, end };
}

it('starts what ends, and holds it against what no fault may end', async () => {
  const { supervisor, end } = setUp('redis-1', 'edge-1');
  const settled = supervisor.excuse('redis-1');
  await end('redis-1');
  await end('edge-1');
  expect(supervisor.exits.map(({ name }) => name)).toEqual(['edge-1']);
  await settled();
  await end('redis-1');
  expect(supervisor.exits.map(({ name }) => name)).toEqual(['edge-1', 'redis-1']);
});
