import { type DirectiveNode, Kind } from 'graphql';
import type { Variables } from './arguments.ts';

/** Whether `@skip` or `@include` leave something out; null where nothing does so. */
export function leftOut(
  directives: readonly DirectiveNode[] | undefined,
): ((variables: Variables) => boolean) | null {
  const conditions = (directives ?? []).flatMap(({ name, arguments: given = [] }) => {
    const value = given.find((argument) => argument.name.value === 'if')?.value;
    if (!value || (name.value !== 'skip' && name.value !== 'include')) return [];
    return [{ value, when: name.value === 'skip' }];
  });
  if (conditions.length === 0) return null;
  return (variables) =>
    conditions.some(({ value, when }) => {
      const holds =
        value.kind === Kind.VARIABLE
          ? variables[value.name.value] === true
          : value.kind === Kind.BOOLEAN && value.value;
      return holds === when;
    });
}
