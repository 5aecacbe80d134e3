import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentSpreadNode,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
  visit,
} from 'graphql';
import type { Conditions } from './shape.ts';

const isCondition = ({ name }: DirectiveNode) => name.value === 'skip' || name.value === 'include';

/** What of an operation's `@skip` and `@include` its plan depends on. */
export interface PlanConditions {
  /** Whether there are any. */
  readonly used: boolean;
  /** The variables they use. */
  readonly variables: readonly string[];
}

export function planConditionsOf(document: DocumentNode): PlanConditions {
  let used = false;
  const variables = new Set<string>();
  visit(document, {
    Directive(directive) {
      if (!isCondition(directive)) return;
      used = true;
      for (const { value } of directive.arguments ?? [])
        if (value.kind === Kind.VARIABLE) variables.add(value.name.value);
    },
  });
  return { used, variables: [...variables] };
}

/**
 * The document without `@skip` and `@include`, and without what they leave out. The planner puts what one field needs
 * under the conditions of its neighbours, and leaves out objects whose fields are all left out: it gets none to see.
 * An object that nothing is left of is asked for its `__typename`; only the root may be left with nothing.
 */
export function withoutConditions(document: DocumentNode, conditions: Conditions): DocumentNode {
  const included = <T extends FieldNode | InlineFragmentNode | FragmentSpreadNode>(
    node: T,
  ): T | null | undefined => {
    const given = node.directives?.filter(isCondition) ?? [];
    if (given.length === 0) return undefined;
    if (!given.every((directive) => holds(directive, conditions))) return null;
    return { ...node, directives: node.directives!.filter((directive) => !isCondition(directive)) };
  };
  return visit(document, {
    Field: included,
    InlineFragment: included,
    FragmentSpread: included,
    SelectionSet: {
      leave(set, _key, parent) {
        const isRoot =
          parent && !Array.isArray(parent) && (parent as { kind: Kind }).kind === Kind.OPERATION_DEFINITION;
        return set.selections.length > 0 || isRoot ? undefined : { ...set, selections: [TYPENAME] };
      },
    },
  });
}

const TYPENAME: SelectionNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** Whether what has the directive is there, as far as it alone decides. */
function holds(directive: DirectiveNode, conditions: Conditions): boolean {
  const value = directive.arguments?.find(({ name }) => name.value === 'if')?.value;
  const given =
    value?.kind === Kind.VARIABLE
      ? conditions.get(value.name.value) === true
      : value?.kind === Kind.BOOLEAN && value.value;
  return given === (directive.name.value === 'include');
}
