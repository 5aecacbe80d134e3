import type { ClientError, Result } from '../../errors.ts';

/** Values the schema does not allow are errors, unless an error of a subgraph explains them already. */
export function toResult(
  data: Result['data'],
  errors: readonly ClientError[],
  problems: readonly ClientError[],
): Result {
  if (problems.length === 0) return errors.length > 0 ? { errors, data } : { data };
  if (errors.length === 0) return { errors: problems, data, extensions: { valueCompletion: problems } };
  return { errors: withProblems(errors, problems), data };
}

/** The errors, and the problems they do not explain. */
export function withProblems(
  errors: readonly ClientError[],
  problems: readonly ClientError[],
): readonly ClientError[] {
  if (problems.length === 0) return errors;
  const unexplained = unexplainedBy(errors, problems);
  return unexplained.length > 0 ? [...errors, ...unexplained] : errors;
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
