import { fragmentsOf } from '@giggityflix/graphql/fragments';
import {
  type ArgumentNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { type ClientError, clientError } from '../../errors.ts';
import { MAX_DEFER_CONDITIONS, MAX_DEFERRED_FRAGMENTS } from '../../limits.ts';

/** An operation whose deferred fragments can be told apart. */
export interface LabelledDefers {
  /** The operation alone, without named fragments: each place one is spread is deferred for itself. */
  readonly document: DocumentNode;
  /** The client's labels by those of the document. */
  readonly labels: ReadonlyMap<string, string | undefined>;
}

const isDefer = ({ name }: DirectiveNode) => name.value === 'defer';

export function usesDefer(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Directive(directive) {
      found ||= isDefer(directive);
    },
  });
  return found;
}

/** The document of a client that gets all of the answer at once. */
export function withoutDefer(document: DocumentNode): DocumentNode {
  return visit(document, { Directive: (directive) => (isDefer(directive) ? null : undefined) });
}

/** Labels what a valid operation defers, or says why it cannot be served in parts. */
export function labelDefers(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): LabelledDefers | ClientError {
  const fragments = fragmentsOf(document);
  const labels = new Map<string, string | undefined>();
  const given = new Map<string, DirectiveNode>();
  const conditions = new Set<string>();
  let problem: ClientError | null = null;

  const relabel = (directives: readonly DirectiveNode[] | undefined, isRoot: boolean) =>
    directives?.flatMap((directive) => {
      if (!isDefer(directive)) return [directive];
      const condition = argumentOf(directive, 'if');
      if (condition?.value.kind === Kind.BOOLEAN && !condition.value.value) return [];
      const label = argumentOf(directive, 'label')?.value;
      const name = label?.kind === Kind.STRING ? label.value : undefined;
      if (label?.kind === Kind.VARIABLE) problem ??= invalid('the label of @defer cannot be a variable');
      if (name !== undefined && (given.get(name) ?? directive) !== directive)
        problem ??= invalid(`two @defer have the label "${name}"`);
      if (name !== undefined) given.set(name, directive);
      if (condition?.value.kind === Kind.VARIABLE) conditions.add(condition.value.name.value);
      // What a variable switches off may be there.
      else if (operation.operation === 'subscription')
        problem ??= invalid('subscriptions cannot have @defer');
      if (isRoot && operation.operation === 'mutation')
        problem ??= invalid('mutations are not deferred, only what is selected of their results');
      const unique = `d${labels.size}`;
      labels.set(unique, name);
      return [deferOf(directive, unique, condition?.value.kind === Kind.VARIABLE ? condition : undefined)];
    });
  const expand = ({ selections }: SelectionSetNode, isRoot: boolean): SelectionSetNode => ({
    kind: Kind.SELECTION_SET,
    selections: selections.map((selection): SelectionNode => {
      if (selection.kind === Kind.FIELD)
        return selection.selectionSet
          ? { ...selection, selectionSet: expand(selection.selectionSet, false) }
          : selection;
      const directives = relabel(selection.directives, isRoot) ?? [];
      if (selection.kind === Kind.INLINE_FRAGMENT)
        return { ...selection, directives, selectionSet: expand(selection.selectionSet, isRoot) };
      const { typeCondition, selectionSet } = fragments.get(selection.name.value)!;
      return {
        kind: Kind.INLINE_FRAGMENT,
        typeCondition,
        directives,
        selectionSet: expand(selectionSet, isRoot),
      };
    }),
  });

  const expanded = { ...operation, selectionSet: expand(operation.selectionSet, true) };
  if (labels.size > MAX_DEFERRED_FRAGMENTS)
    problem ??= tooMany(`${labels.size} fragments are deferred; at most ${MAX_DEFERRED_FRAGMENTS}`);
  // Each doubles the plan.
  if (conditions.size > MAX_DEFER_CONDITIONS)
    problem ??= tooMany(`@defer depends on ${conditions.size} variables; at most ${MAX_DEFER_CONDITIONS}`);
  return problem ?? { document: { kind: Kind.DOCUMENT, definitions: [expanded] }, labels };
}

function argumentOf(directive: DirectiveNode, name: string): ArgumentNode | undefined {
  return directive.arguments?.find((argument) => argument.name.value === name);
}

function deferOf(
  directive: DirectiveNode,
  label: string,
  condition: ArgumentNode | undefined,
): DirectiveNode {
  const named: ArgumentNode = {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: 'label' },
    value: { kind: Kind.STRING, value: label },
  };
  return { ...directive, arguments: condition ? [named, condition] : [named] };
}

function invalid(message: string): ClientError {
  return clientError('GRAPHQL_VALIDATION_FAILED', message);
}

function tooMany(message: string): ClientError {
  return clientError('OPERATION_TOO_COMPLEX', message);
}
