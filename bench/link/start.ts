import { fork } from 'node:child_process';
import type { FromEmulator, ToEmulator } from './messages.ts';
import type { LinkProfile } from './profile.ts';

export interface EmulatedLink {
  /** The port that stands for the far end, to the near one; and the other way round. */
  readonly near: number;
  readonly far: number;
  /** Says which port an end has, before it sends anything. */
  setEnd(side: 'near' | 'far', port: number): void;
  close(): void;
}

export interface Emulator {
  /** @param options `nth`: links with the same number lose the same datagrams; the ports of the ends, where they are known. */
  openUdp(
    profile: LinkProfile,
    options?: { nth?: number; near?: number; far?: number },
  ): Promise<EmulatedLink>;
  /** Connections to the link's `near` port go on to `target`. */
  openTcp(profile: LinkProfile, target: number): Promise<EmulatedLink>;
  stop(): void;
}

/** @param seed decides what is lost. */
export function startEmulator(seed = 1): Emulator {
  const child = fork(new URL('./emulator.ts', import.meta.url), { stdio: 'inherit', serialization: 'json' });
  const opening = new Map<number, (link: EmulatedLink) => void>();
  let lastId = 0;
  const send = (message: ToEmulator) => {
    if (child.connected) child.send(message);
  };
  child.on('message', ({ id, near, far }: FromEmulator) => {
    opening.get(id)?.({
      near,
      far,
      setEnd: (side, port) => send({ type: 'end', id, side, port }),
      close: () => send({ type: 'close', id }),
    });
    opening.delete(id);
  });
  const open = (message: (id: number) => ToEmulator) => {
    lastId += 1;
    const id = lastId;
    return new Promise<EmulatedLink>((resolve) => {
      opening.set(id, resolve);
      send(message(id));
    });
  };
  return {
    openUdp: (profile, { nth = 0, ...ends } = {}) =>
      open((id) => ({ type: 'open', id, profile, seed: seed * 1_000 + nth, ...ends })),
    openTcp: (profile, target) => open((id) => ({ type: 'forward', id, profile, target })),
    stop: () => child.disconnect(),
  };
}
