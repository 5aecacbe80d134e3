import { fragmentsOf } from '@giggityflix/graphql/fragments';
import { type DocumentNode, Kind, type SelectionSetNode, visit } from 'graphql';
import { type ClientError, clientError } from '../../errors.ts';

/** Whether there is an event at all cannot depend on a variable. */
export function conditionalSubscription(document: DocumentNode): ClientError | null {
  const fragments = fragmentsOf(document);
  const isConditional = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include'))
        return true;
      if (selection.kind === Kind.FIELD) return false;
      if (selection.kind === Kind.INLINE_FRAGMENT) return isConditional(selection.selectionSet);
      const fragment = fragments.get(selection.name.value);
      // Each is looked at once: fragments that double would take for ever.
      fragments.delete(selection.name.value);
      return fragment !== undefined && isConditional(fragment.selectionSet);
    });
  const found = document.definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.operation === 'subscription' &&
      isConditional(definition.selectionSet),
  );
  return found
    ? clientError('GRAPHQL_VALIDATION_FAILED', 'the root of a subscription cannot have @skip or @include')
    : null;
}

const CONDITIONAL = new Set(['skip', 'include', 'defer']);

/** Names of the variables that `@skip`, `@include` and `@defer` use. */
export function conditionVariablesOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given }) {
      if (!CONDITIONAL.has(name.value)) return;
      for (const { name: argument, value } of given ?? [])
        if (argument.value === 'if' && value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
