import {
  executeSync,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  type SelectionNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';

/** Answers `__schema` or `__type` from the schema clients see. */
export function introspect(
  schema: GraphQLSchema,
  selections: readonly SelectionNode[],
  definitions: readonly VariableDefinitionNode[],
  variables: Readonly<Record<string, unknown>>,
  key: string,
): unknown {
  const used = new Set<string>();
  for (const selection of selections) visit(selection, { Variable: ({ name }) => void used.add(name.value) });
  const { data, errors } = executeSync({
    schema,
    document: {
      kind: Kind.DOCUMENT,
      definitions: [
        {
          kind: Kind.OPERATION_DEFINITION,
          operation: OperationTypeNode.QUERY,
          variableDefinitions: definitions.filter(({ variable }) => used.has(variable.name.value)),
          selectionSet: { kind: Kind.SELECTION_SET, selections: [...selections] },
        },
      ],
    },
    rootValue: {},
    variableValues: variables,
  });
  if (errors?.[0]) throw errors[0];
  return data?.[key];
}
