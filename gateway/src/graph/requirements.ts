import { type FieldDefinitionNode, Kind, parse, print, type SelectionSetNode, visit } from 'graphql';

/**
 * Fields that cannot be asked for together, as the planner would give both what one of them needs: those of a type
 * whose `@requires` name the same field with different arguments. By type, then by field: what it needs, as path and
 * arguments.
 */
export type Requirements = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, string>>>;

/** Finds them in supergraph SDL; types and fields without such a conflict are left out. */
export function conflictingRequirements(sdl: string): Requirements {
  const conflicting = new Map<string, Map<string, Map<string, string>>>();
  visit(parse(sdl, { noLocation: true }), {
    ObjectTypeDefinition({ name, fields = [] }) {
      const needs = new Map<string, Map<string, string>>();
      for (const field of fields) {
        const needed = neededBy(field);
        if (needed.size > 0) needs.set(field.name.value, needed);
      }
      includeIndirect(needs);
      const contested = contestedPaths(needs);
      if (contested.size === 0) return false;
      for (const needed of needs.values())
        for (const path of needed.keys()) if (!contested.has(path)) needed.delete(path);
      conflicting.set(name.value, needs);
      return false;
    },
  });
  return conflicting;
}

function neededBy({ directives = [] }: FieldDefinitionNode): Map<string, string> {
  const needed = new Map<string, string>();
  for (const { name, arguments: given = [] } of directives) {
    if (name.value !== 'join__field') continue;
    const requires = given.find((argument) => argument.name.value === 'requires')?.value;
    if (requires?.kind !== Kind.STRING) continue;
    const [definition] = parse(`{${requires.value}}`, { noLocation: true }).definitions;
    if (definition?.kind === Kind.OPERATION_DEFINITION) gather(definition.selectionSet, '', needed);
  }
  return needed;
}

function gather({ selections }: SelectionSetNode, at: string, into: Map<string, string>): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      gather(selection.selectionSet, at, into);
      continue;
    }
    const path = `${at}/${selection.name.value}`;
    into.set(path, (selection.arguments ?? []).map(print).sort().join());
    if (selection.selectionSet) gather(selection.selectionSet, path, into);
  }
}

/** What is required may require something itself. */
function includeIndirect(needs: ReadonlyMap<string, Map<string, string>>): void {
  for (let grown = true; grown; ) {
    grown = false;
    for (const needed of needs.values())
      for (const path of [...needed.keys()])
        for (const [indirect, given] of needs.get(path.slice(1)) ?? []) {
          if (needed.has(indirect)) continue;
          needed.set(indirect, given);
          grown = true;
        }
  }
}

function contestedPaths(needs: ReadonlyMap<string, ReadonlyMap<string, string>>): Set<string> {
  const first = new Map<string, string>();
  const contested = new Set<string>();
  for (const needed of needs.values())
    for (const [path, given] of needed) {
      const other = first.get(path);
      if (other === undefined) first.set(path, given);
      else if (other !== given) contested.add(path);
    }
  return contested;
}
