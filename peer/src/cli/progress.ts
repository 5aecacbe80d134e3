import { bytes } from './format.ts';

const REDRAW_MS = 100;
const BAR_WIDTH = 24;

/** A progress bar on standard error; silent when that is no terminal. */
export interface Progress {
  /** Whether anyone sees it. */
  readonly isShown: boolean;
  /** So many bytes are done, of so many. */
  update(doneBytes: number, totalBytes: number): void;
  end(): void;
}

export function createProgress(label: string): Progress {
  if (!process.stderr.isTTY) return { isShown: false, update() {}, end() {} };
  const startedAt = performance.now();
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    isShown: true,
    update(doneBytes, totalBytes) {
      if (performance.now() - drawnAt < REDRAW_MS) return;
      drawnAt = performance.now();
      const share = totalBytes > 0 ? Math.min(1, doneBytes / totalBytes) : 1;
      const filled = Math.round(share * BAR_WIDTH);
      const rate = doneBytes / Math.max(0.001, (drawnAt - startedAt) / 1_000);
      const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
      process.stderr.write(
        `\r\x1b[K${bar} ${String(Math.round(share * 100)).padStart(3)} %  ${bytes(Math.round(rate))}/s  ${label}`,
      );
    },
    end: () => void process.stderr.write('\r\x1b[K'),
  };
}
