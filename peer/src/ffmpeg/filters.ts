import { PROBE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';

/** The filters that programs have which were looked at, by their paths. */
const known = new Map<string, Promise<ReadonlySet<string>>>();

/** The names of the filters an FFmpeg was built with; empty where it does not say. */
export function filtersOf(ffmpegPath: string): Promise<ReadonlySet<string>> {
  let found = known.get(ffmpegPath);
  if (!found) {
    found = listFilters(ffmpegPath);
    known.set(ffmpegPath, found);
  }
  return found;
}

async function listFilters(path: string): Promise<ReadonlySet<string>> {
  const args = ['-hide_banner', '-v', 'error', '-filters'];
  const output = await runProgram({ path, args, limits: PROBE_LIMITS }).catch(() => null);
  const lines = output?.stdout.toString('utf8').split('\n') ?? [];
  return new Set(lines.map((line) => /^\s[A-Z.|]{2,3}\s+(\S+)\s/.exec(line)?.[1] ?? '').filter(Boolean));
}
