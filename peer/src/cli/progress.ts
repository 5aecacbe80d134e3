import { bytes } from './format.ts';

const REDRAW_MS = 100;
const BAR_WIDTH = 24;

/** A progress bar on standard error; silent when that is no terminal. */
export interface Progress {
  add(byteCount: number): void;
  end(): void;
}

export function createProgress(totalBytes: number, label: string): Progress {
  if (!process.stderr.isTTY) return { add() {}, end() {} };
  const startedAt = performance.now();
  let done = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const draw = () => {
    const share = totalBytes > 0 ? Math.min(1, done / totalBytes) : 1;
    const filled = Math.round(share * BAR_WIDTH);
    const rate = done / Math.max(0.001, (performance.now() - startedAt) / 1_000);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    process.stderr.write(
      `\r\x1b[K${bar} ${String(Math.round(share * 100)).padStart(3)} %  ${bytes(Math.round(rate))}/s  ${label}`,
    );
  };
  return {
    add(byteCount) {
      done += byteCount;
      if (performance.now() - drawnAt < REDRAW_MS) return;
      drawnAt = performance.now();
      draw();
    },
    end: () => void process.stderr.write('\r\x1b[K'),
  };
}
