import type { Check } from '../checks.ts';
import type { Household } from './context.ts';
import { mdns, nat, ports, stun, turn } from './network.ts';
import { certificate, clock, signIn } from './page.ts';
import { disk, peer, programs } from './sharing.ts';

/** What stands in the way of a friend who wants to watch. */
export const HOUSEHOLD: readonly Check<Household>[] = [
  ports,
  stun,
  nat,
  turn,
  certificate,
  signIn,
  mdns,
  clock,
  peer,
  programs,
  disk,
];
