import { existsSync } from 'node:fs';
import { type Fault, named, resourceOf, seconds } from './fault.ts';
import { restart } from './processes.ts';

/** Where Debian's `faketime` puts it, on the machines it is built for. */
const LIBRARIES = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`,
);
const library = () => LIBRARIES.find((path) => existsSync(path));

/** A process is started again with a clock that is minutes fast or slow, and at last with the right one. */
export const clockJump: Fault = {
  name: 'clock jump',
  targets: (cluster) => named(cluster, ['edge', 'tracker', 'viewing', 'catalog']),
  resources: resourceOf,
  lastsMs: seconds(10, 30),
  async missing() {
    return library() ? null : 'libfaketime is not installed: npm run setup:system';
  },
  async inject(installation, target, random) {
    const offset = random.pick(['+120s', '-120s', '+10s', '-10s']);
    await restart(installation, target, {
      LD_PRELOAD: library() as string,
      FAKETIME: offset,
      // Timers go on as they do: only the time of day is wrong.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    });
    return { what: `the clock of ${target} is off by ${offset}`, heal: () => restart(installation, target) };
  },
};
