import type { Check } from '../checks.ts';
import type { Installation } from './context.ts';
import { kafka } from './kafka.ts';
import { clocks, processes, versions } from './processes.ts';
import { postgresql, redis } from './stores.ts';
import { stun, turn } from './turn.ts';
import { certificates, keySets, webSockets } from './web.ts';

/** What stands in the way of an installation of many processes. */
export const INSTALLATION: readonly Check<Installation>[] = [
  processes,
  versions,
  clocks,
  postgresql,
  redis,
  kafka,
  keySets,
  webSockets,
  certificates,
  stun,
  turn,
];
