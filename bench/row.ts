/** One measured figure, beside the baseline measured in the same run on the same machine. */
export interface BenchRow {
  /** What was measured. */
  name: string;
  /** Of `value` and `baseline`: records/s, ms, bytes… */
  unit: string;
  value: number;
  /** Null where there is nothing to compare with. */
  baseline: number | null;
  /** What the baseline is. */
  baselineName: string;
  /** `value / baseline`. */
  ratio: number | null;
}

/** Builds a {@link BenchRow}; without `baseline` it stands alone. */
export function row(
  name: string,
  unit: string,
  value: number,
  baseline?: { name: string; value: number },
): BenchRow {
  return {
    name,
    unit,
    value,
    baseline: baseline?.value ?? null,
    baselineName: baseline?.name ?? '',
    ratio: baseline ? value / baseline.value : null,
  };
}

/** The `p`-th percentile (0 to 100) of samples, nearest rank. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN;
}
