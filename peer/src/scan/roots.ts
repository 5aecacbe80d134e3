import { stat } from 'node:fs/promises';

/** A disk that is plugged in or out is noticed within this time; the system does not report mounts. */
const LOOK_MS = 3_000;

/** Notices media folders that appear, vanish, or become another disk's. */
export interface RootMonitor {
  start(): void;
  stop(): void;
}

export function createRootMonitor(roots: readonly string[], onChange: (root: string) => void): RootMonitor {
  const identities = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    for (const root of roots) {
      const identity = await stat(root).then(
        ({ dev, ino }) => `${dev}:${ino}`,
        (error: NodeJS.ErrnoException) => error.code ?? 'unreadable',
      );
      const former = identities.get(root);
      identities.set(root, identity);
      if (timer && former !== undefined && former !== identity) onChange(root);
    }
    if (timer) {
      timer = setTimeout(look, LOOK_MS);
      timer.unref();
    }
  }

  return {
    start() {
      timer = setTimeout(() => {}, 0);
      void look();
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
