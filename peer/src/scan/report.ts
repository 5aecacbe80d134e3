/** What a complete scan found. */
export interface ScanReport {
  startedAt: string;
  durationMs: number;
  found: number;
  removed: number;
  lost: number;
  returned: number;
  problems: { path: string; reason: string }[];
}

export function emptyReport(): ScanReport {
  return {
    startedAt: new Date().toISOString(),
    durationMs: 0,
    found: 0,
    removed: 0,
    lost: 0,
    returned: 0,
    problems: [],
  };
}
