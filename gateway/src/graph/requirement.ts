/** What a directive of the supergraph demands of whoever selects a field. All of one of the lists is enough. */
export type Requirement =
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'scopes' | 'policies'; readonly anyOf: readonly (readonly string[])[] };

type Alternatives = readonly (readonly string[])[];

/** Beyond this many combinations of alternatives it is taken that they do not imply anything: the strict answer. */
const MAX_COMBINATIONS = 256;

/** Whether whoever meets all of `given` meets `requirement` too. */
export function implies(given: readonly Requirement[], requirement: Requirement): boolean {
  if (requirement.kind === 'authenticated') return given.some(({ kind }) => kind === 'authenticated');
  let combined: Alternatives = [[]];
  for (const other of given) {
    if (other.kind !== requirement.kind) continue;
    const { anyOf } = other;
    combined = withoutRedundant(combined.flatMap((one) => anyOf.map((more) => [...one, ...more])));
    if (combined.length > MAX_COMBINATIONS) return false;
  }
  return combined.every((names) => requirement.anyOf.some((needed) => isSubset(needed, names)));
}

function withoutRedundant(alternatives: Alternatives): Alternatives {
  const distinct = new Map(alternatives.map((names) => [JSON.stringify([...new Set(names)].sort()), names]));
  return [...distinct.values()].filter(
    (names, _index, all) =>
      !all.some((other) => other !== names && other.length < names.length && isSubset(other, names)),
  );
}

function isSubset(some: readonly string[], all: readonly string[]): boolean {
  return some.every((name) => all.includes(name));
}
