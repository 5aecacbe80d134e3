import { requireFaketime } from '@giggityflix/testing/processes';
import { type Fault, named, resourceOf, seconds } from './fault.ts';
import { restart } from './processes.ts';

/** A process is started again with a clock that is minutes fast or slow, and at last with the right one. */
export const clockJump: Fault = {
  name: 'clock jump',
  targets: (cluster) => named(cluster, ['edge', 'tracker', 'viewing', 'catalog']),
  resources: resourceOf,
  lastsMs: seconds(10, 30),
  async missing() {
    return requireFaketime().skip || null;
  },
  async inject(installation, target, random) {
    const offset = random.pick(['+120s', '-120s', '+10s', '-10s']);
    await restart(installation, target, requireFaketime().variables(offset));
    return { what: `the clock of ${target} is off by ${offset}`, heal: () => restart(installation, target) };
  },
};
