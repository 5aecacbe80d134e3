import { Kind, parse, visit } from 'graphql';

/**
 * The names under which the planner may add fields of its own (keys, `@requires`, `__typename`) to what a client
 * selected, and how client names that would be taken for them are written in plans. The planner does not tell the two
 * apart: a client's `{ n: id twice }` would compute `twice @requires(fields: "n")` from the id.
 */
export interface PlannerNames {
  /** What clients select begins with this in plans where it could be taken for a field the planner adds. */
  readonly prefix: string;
  /** Names of fields the planner may add, and whether it may do so with arguments. */
  readonly fields: ReadonlyMap<string, boolean>;
}

/** Arguments of the `join__` directives that hold fields for the planner to add. */
const FIELD_SETS = new Set(['key', 'requires', 'provides', 'selection']);

/** Finds the names in supergraph SDL. */
export function plannerNames(sdl: string): PlannerNames {
  const fields = new Map<string, boolean>([['__typename', false]]);
  const note = (name: { value: string }, value: { kind: string; value?: unknown }) => {
    if (!FIELD_SETS.has(name.value) || value.kind !== Kind.STRING) return;
    for (const [, field = '', argument] of String(value.value).matchAll(/([_A-Za-z]\w*)\s*(\()?/g))
      fields.set(field, fields.get(field) === true || argument !== undefined);
  };
  visit(parse(sdl), {
    Directive(directive) {
      if (!directive.name.value.startsWith('join__')) return false;
      return undefined;
    },
    Argument: ({ name, value }) => note(name, value),
    ObjectField: ({ name, value }) => note(name, value),
  });
  let prefix = 'asked_';
  while ([...fields.keys()].some((name) => name.startsWith(prefix))) prefix = `_${prefix}`;
  return { prefix, fields };
}
