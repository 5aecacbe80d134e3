import { clockJump } from './clock.ts';
import { fullDisk, slowDisk } from './disk.ts';
import { brokerStop, coordinatorLoss, postgresRestart, redisFailover } from './engines.ts';
import { repeatedEvents } from './events.ts';
import type { Fault } from './fault.ts';
import { edgeCutOff } from './network.ts';
import { kill, pause, rollingRestart } from './processes.ts';

/** Every kind; a seed chooses among them in this order, so a new one goes to the end. */
export const FAULTS: readonly Fault[] = [
  kill,
  pause,
  brokerStop,
  coordinatorLoss,
  redisFailover,
  postgresRestart,
  fullDisk,
  slowDisk,
  clockJump,
  edgeCutOff,
  repeatedEvents,
  rollingRestart,
];
