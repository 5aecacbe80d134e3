/** The labels of a supergraph's progressive overrides (`@override(from:, label:)`). */
export interface Overrides {
  /** Labels of requests that nothing here can decide: the field stays where it was. */
  readonly unknown: readonly string[];
  /** Labels that hold for one request; the same array for the same labels. `chance` is from 0 to 1. */
  draw(chance: number): readonly string[];
}

const NONE: readonly string[] = [];

/** Finds them in supergraph SDL. `percent(x)` holds for that share of requests. */
export function overridesOf(sdl: string): Overrides {
  const labels = new Set<string>();
  for (const [, label = ''] of sdl.matchAll(/\boverrideLabel: "([^"]*)"/g)) labels.add(label);
  const unknown: string[] = [];
  const shares: { label: string; percent: number }[] = [];
  for (const label of labels) {
    const percent = /^percent\((\d+(?:\.\d+)?)\)$/.exec(label)?.[1];
    if (percent === undefined) unknown.push(label);
    else shares.push({ label, percent: Number(percent) });
  }
  // The labels of a small chance hold wherever those of a greater one do, so that there are few combinations to plan.
  shares.sort((a, b) => b.percent - a.percent);
  const combinations = shares.map((_share, index) => shares.slice(0, index + 1).map(({ label }) => label));
  return {
    unknown,
    draw(chance) {
      let holding = NONE;
      for (let index = 0; index < shares.length && chance * 100 < shares[index]!.percent; index++)
        holding = combinations[index]!;
      return holding;
    },
  };
}
