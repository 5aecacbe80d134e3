import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { lockFile } from '@giggityflix/state/file-lock';
import { createPrivateDirectory } from '@giggityflix/state/private-file';
import { ROOT } from '../paths.ts';
import { startCluster } from './cluster.ts';
import { createRestarts } from './restarts.ts';
import { clusterScreen } from './screen.ts';

const USAGE = `Starts an installation of two of each on this machine: Kafka, a Redis Cluster, PostgreSQL, coturn, a balancer, and
every service as processes of its own. npm run setup:system installs what it needs.

  npm run start:cluster                      three Kafka brokers
  npm run start:cluster -- --small           one Kafka broker
  npm run start:cluster -- --directory DIR   keep everything in DIR (.data/cluster)`;

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readArguments(): { small: boolean; directory: string } {
  try {
    const { values } = parseArgs({
      options: {
        small: { type: 'boolean', default: false },
        directory: { type: 'string', default: join(ROOT, '.data/cluster') },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(`${USAGE}\n`);
      process.exit(0);
    }
    return { small: values.small, directory: resolve(values.directory) };
  } catch (error) {
    fail(`${(error as Error).message}\n\n${USAGE}`);
  }
}

const { small, directory } = readArguments();
createPrivateDirectory(directory);
const release = lockFile(join(directory, 'lock'));
if (!release) fail(`${directory} is in use: an installation already runs there. Name another --directory.`);

const print = (line: string) => process.stdout.write(`${line}\n`);
const startedAt = performance.now();
const interrupted = new AbortController();
const restarts = createRestarts(print);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => interrupted.abort(new Error('stopped while starting')));

print(`Starting everything; logs are in ${join(directory, 'logs')}`);
const cluster = await startCluster({
  small,
  directory,
  documentedPorts: true,
  signal: interrupted.signal,
  exited: restarts.exited,
}).catch((error: Error) => {
  release();
  if (interrupted.signal.aborted) process.exit(0);
  fail(error.message);
});
restarts.begin();
print(clusterScreen(cluster, (performance.now() - startedAt) / 1_000));
if (!interrupted.signal.aborted)
  await new Promise<void>((stop) => interrupted.signal.addEventListener('abort', () => stop()));
restarts.end();
await cluster.stop();
release();
process.exit(0);
