import type { ClientError, Result } from '../../errors.ts';
import { withClientNames } from '../plan/aliases.ts';
import { completeResponse } from './complete.ts';
import type { Executor } from './executor.ts';
import { introspect } from './introspect.ts';
import { runStep } from './run.ts';

/**
 * Runs plans with everything that does not depend on the request worked out once per operation: request bodies,
 * representations deduplicated, and the flat shape of the answer per type.
 */
export function createLeanExecutor(): Executor {
  return {
    async execute({ operation, variables, conditions, subgraphs, request, initial }) {
      const { graph, plan } = operation;
      const data = initial?.data ?? {};
      const errors: ClientError[] = initial ? [...initial.errors] : [];
      if (plan.steps)
        await runStep(
          { schema: graph.internal, subgraphs, request, variables, conditions, data, errors },
          plan.steps,
        );
      const completion = completeResponse(operation.shape(conditions), data, (key, selections) =>
        introspect(graph.schema, selections, operation.variableDefinitions, variables, key),
      );
      return toResult(completion.data, withClientNames(operation, errors), completion.problems);
    },
  };
}

/** Values the schema does not allow are errors, unless an error of a subgraph explains them already. */
function toResult(
  data: Result['data'],
  errors: readonly ClientError[],
  problems: readonly ClientError[],
): Result {
  if (problems.length === 0) return errors.length > 0 ? { errors, data } : { data };
  if (errors.length === 0) return { errors: problems, data, extensions: { valueCompletion: problems } };
  const unexplained = unexplainedBy(errors, problems);
  return { errors: unexplained.length > 0 ? [...errors, ...unexplained] : errors, data };
}

/** The problems that are neither at nor around nor within the place of an error. One without a path may be of any place. */
function unexplainedBy(
  errors: readonly ClientError[],
  problems: readonly ClientError[],
): readonly ClientError[] {
  const places = new Set<string>();
  const around = new Set<string>();
  for (const { path } of errors) {
    if (path === undefined) return [];
    const prefixes = prefixesOf(path);
    for (const prefix of prefixes) around.add(prefix);
    places.add(prefixes.at(-1)!);
  }
  return problems.filter(({ path = [] }) => {
    const prefixes = prefixesOf(path);
    return !around.has(prefixes.at(-1)!) && !prefixes.some((prefix) => places.has(prefix));
  });
}

function prefixesOf(path: readonly (string | number)[]): string[] {
  const prefixes = [''];
  for (const part of path) prefixes.push(`${prefixes.at(-1)}/${part}`);
  return prefixes;
}
