import type { ScanReport } from '../scan/scanner.ts';
import { ask } from './ask.ts';

/** `scan`: has the running daemon look at everything now. */
export async function requestScan(flags: {
  dataDir?: string;
  wait?: boolean;
  json?: boolean;
}): Promise<void> {
  const report = await ask<ScanReport>(flags, 'POST', `/scan?wait=${flags.wait === true}`);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  process.stdout.write(
    `${report.found} new or changed, ${report.removed} removed, ${report.lost} unavailable, ${report.returned} back (${report.durationMs} ms)\n`,
  );
  for (const { path, reason } of report.problems) process.stdout.write(`  ${path}: ${reason}\n`);
}
