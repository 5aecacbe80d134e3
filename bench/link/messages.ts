import type { LinkProfile } from './profile.ts';

/** To the emulator. */
export type ToEmulator =
  | {
      type: 'open';
      id: number;
      profile: LinkProfile;
      seed: number;
      /** UDP: port of the end on this side, where it is known; else that of the first datagram's sender. */
      near?: number | undefined;
      far?: number | undefined;
    }
  /** TCP: connections to the answered port go on to `target`. */
  | { type: 'forward'; id: number; profile: LinkProfile; target: number }
  /** The end on one side has this port. */
  | { type: 'end'; id: number; side: 'near' | 'far'; port: number }
  | { type: 'close'; id: number };

/** And back: the ports that stand for the other end, for `forward` only `near`. */
export interface FromEmulator {
  type: 'opened';
  id: number;
  near: number;
  far: number;
}
