import {
  type DirectiveNode,
  type DocumentNode,
  Kind,
  parse,
  print,
  type SelectionNode,
  visit,
} from 'graphql';
import { createRandom } from './random-operations.ts';
import type { CorpusOperation } from './supergraph.ts';

const DEFERS = ['@defer', '@defer(if: true)', '@defer(if: false)', '@defer(if: $yes)', '@defer(if: $no)'].map(
  (text) =>
    (
      (
        parse(`{ ... ${text} { a } }`).definitions[0] as never as {
          selectionSet: { selections: SelectionNode[] };
        }
      ).selectionSet.selections[0]!.directives as DirectiveNode[]
    )[0]!,
);

/** Defers fragments of an operation, and fields by fragments of their own, at random. */
export function deferRandomly({ query, variables }: CorpusOperation, seed: number): CorpusOperation {
  const random = createRandom(seed);
  let left = 6;
  const defer = (): readonly DirectiveNode[] => {
    if (left === 0 || random() > 0.35) return [];
    left -= 1;
    return [random() < 0.7 ? DEFERS[0]! : DEFERS[Math.floor(random() * DEFERS.length)]!];
  };
  const deferred: DocumentNode = visit(parse(query), {
    InlineFragment: { leave: (node) => ({ ...node, directives: [...(node.directives ?? []), ...defer()] }) },
    FragmentSpread: { leave: (node) => ({ ...node, directives: [...(node.directives ?? []), ...defer()] }) },
    Field: {
      leave(node, _key, parent) {
        if (!Array.isArray(parent)) return undefined;
        const directives = defer();
        if (directives.length === 0) return undefined;
        return {
          kind: Kind.INLINE_FRAGMENT,
          directives,
          selectionSet: { kind: Kind.SELECTION_SET, selections: [node] },
        } as never;
      },
    },
  });
  return { query: print(deferred), ...(variables && { variables }) };
}
