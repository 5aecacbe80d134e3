/** The labels of a supergraph's progressive overrides (`@override(from:, label:)`). */
export interface Overrides {
  /** Labels that are not `percent(x)`: nothing here can decide them. */
  readonly custom: readonly string[];
  /** The labels that hold for one request: of `percent(x)` by a chance from 0 to 1, of the others those of `holding`. */
  draw(chance: number, holding: ReadonlySet<string>): readonly string[];
}

const NONE: readonly string[] = [];

/** Finds them in supergraph SDL; null where it has none. `percent(x)` holds for that share of requests. */
export function overridesOf(sdl: string): Overrides | null {
  const labels = new Set<string>();
  for (const [, label = ''] of sdl.matchAll(/\boverrideLabel: "([^"]*)"/g)) labels.add(label);
  if (labels.size === 0) return null;
  const custom: string[] = [];
  const shares: { label: string; percent: number }[] = [];
  for (const label of labels) {
    const percent = /^percent\((\d+(?:\.\d+)?)\)$/.exec(label)?.[1];
    if (percent === undefined) custom.push(label);
    else shares.push({ label, percent: Number(percent) });
  }
  // The labels of a small chance hold wherever those of a greater one do, so that there are few combinations to plan.
  shares.sort((a, b) => b.percent - a.percent);
  const combinations = shares.map((_share, index) => shares.slice(0, index + 1).map(({ label }) => label));
  return {
    custom,
    draw(chance, holding) {
      let drawn = NONE;
      for (let index = 0; index < shares.length && chance * 100 < shares[index]!.percent; index++)
        drawn = combinations[index]!;
      return holding.size === 0 ? drawn : [...drawn, ...custom.filter((label) => holding.has(label))];
    },
  };
}
