import type { ScanReport } from '../scan/report.ts';
import type { PeerStatus } from '../status/status.ts';
import { ask } from './ask.ts';
import { oneLine } from './format.ts';
import { createProgress } from './progress.ts';

const DRAW_MS = 250;

/** `scan`: has the running daemon look at everything now. */
export async function requestScan(flags: {
  dataDir?: string;
  wait?: boolean;
  json?: boolean;
}): Promise<void> {
  const stopDrawing = flags.wait ? drawReading(flags) : () => {};
  const report = await ask<ScanReport>(flags, 'POST', `/scan?wait=${flags.wait === true}`).finally(
    stopDrawing,
  );
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  process.stdout.write(
    `${report.found} new or changed, ${report.removed} removed, ${report.lost} unavailable, ${report.returned} back (${report.durationMs} ms)\n`,
  );
  for (const { path, reason } of report.problems) process.stdout.write(`  ${oneLine(path)}: ${reason}\n`);
}

/** Shows on a terminal how far the daemon is in reading what it found, until the function returned is called. */
function drawReading(flags: { dataDir?: string }): () => void {
  const progress = createProgress('read by the daemon');
  if (!progress.isShown) return () => {};
  let before: number | null = null;
  const timer = setInterval(async () => {
    const status = await ask<PeerStatus>(flags, 'GET', '/status').catch(() => null);
    if (!status) return;
    const { pending, settling } = status.library;
    before ??= status.scan.bytesHashed;
    const done = status.scan.bytesHashed - before;
    // What is being read is still pending: its bytes would count twice.
    progress.update(done, Math.max(done, pending.bytes + settling.bytes));
  }, DRAW_MS);
  return () => {
    clearInterval(timer);
    progress.end();
  };
}
