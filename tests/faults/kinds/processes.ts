import { SERVICE_KINDS } from '../../../stack/src/cluster/index.ts';
import { type Fault, type Installation, named, possible, resourceOf, seconds } from './fault.ts';

/** A process vanishes between two instructions. */
export const kill: Fault = {
  name: 'kill',
  targets: (cluster) => named(cluster, [...SERVICE_KINDS, 'coturn', 'balancer']),
  resources: resourceOf,
  lastsMs: seconds(1, 8),
  missing: possible,
  inject: (installation, target) => end(installation, target, 'SIGKILL'),
};

/** A process stands still, with its sockets open. */
export const pause: Fault = {
  name: 'pause',
  targets: (cluster) => named(cluster, [...SERVICE_KINDS, 'kafka', 'redis']),
  resources: resourceOf,
  lastsMs: seconds(3, 20),
  missing: possible,
  async inject({ cluster, supervisor }, target) {
    const process = cluster.process(target);
    supervisor.hold(target);
    process.pause();
    return {
      what: `${target} stands still`,
      heal() {
        process.resume();
        return supervisor.restore(target);
      },
    };
  },
};

/** Each process of a service is stopped and started, one after the other. */
export const rollingRestart: Fault = {
  name: 'rolling restart',
  targets: () => ['gateway', 'catalog', 'tracker', 'viewing', 'identity', 'edge'],
  resources: (kind, cluster) => named(cluster, [kind]),
  lastsMs: seconds(5, 10),
  missing: possible,
  async inject(installation, kind) {
    const [first, ...rest] = named(installation.cluster, [kind]);
    if (first) await restart(installation, first);
    return {
      what: `each ${kind} is restarted in turn`,
      async heal() {
        for (const name of rest) await restart(installation, name);
      },
    };
  },
};

/** Ends a process by a signal, and starts it again when it is healed. */
export async function end({ cluster, supervisor }: Installation, target: string, signal: NodeJS.Signals) {
  supervisor.hold(target);
  await cluster.process(target).kill(signal);
  return { what: `${target} gets ${signal}`, heal: () => supervisor.restore(target) };
}

/** Stops a process and starts it again, with some variables more. */
export async function restart(
  installation: Installation,
  target: string,
  environment?: Readonly<Record<string, string>>,
): Promise<void> {
  await end(installation, target, 'SIGTERM');
  await installation.supervisor.restore(target, environment);
}
