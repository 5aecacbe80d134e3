import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Installation, Member } from '../installation.ts';
import { ask } from '../probes.ts';
import type { Launch } from '../process.ts';
import { required } from './required.ts';

const run = promisify(execFile);

/** A node of the cluster: half of them are primaries, each with a replica. */
export function redis({ name, kind, folder, ports }: Member): Omit<Launch, 'logPath'> {
  return {
    name,
    kind,
    folder,
    command: required('redis-server'),
    arguments: [
      ...['--port', String(ports.redis), '--cluster-port', String(ports.bus), '--bind', '127.0.0.1'],
      ...['--dir', folder, '--save', '', '--appendonly', 'yes'],
      ...['--cluster-enabled', 'yes', '--cluster-config-file', join(folder, 'nodes.conf')],
      ...['--cluster-node-timeout', '2000'],
    ],
    environment: {},
    probe: async () => (await ask(ports.redis!, 'PING\r\n')).toString().startsWith('+PONG'),
  };
}

/** Makes one cluster of the nodes, unless they are one; resolves once it serves every slot. */
export async function formRedisCluster({ of }: Installation): Promise<void> {
  const nodes = of('redis');
  const cli = required('redis-cli');
  const first = nodes[0]!;
  const info = async (node: Member) =>
    (await run(cli, ['-p', String(node.ports.redis), 'cluster', 'info'])).stdout;
  if (/cluster_slots_assigned:0\r?\n/.test(await info(first))) {
    const addresses = nodes.map(({ ports }) => `127.0.0.1:${ports.redis}`);
    await run(cli, ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes']);
  }
  const deadline = Date.now() + 120_000;
  for (const node of nodes)
    while (!/cluster_state:ok/.test(await info(node))) {
      if (Date.now() > deadline) throw new Error(`the Redis Cluster does not form:\n${await info(node)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
