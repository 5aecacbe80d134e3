import type { CodegenPlugin } from '@graphql-codegen/plugin-helpers';
import {
  concatAST,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  print,
  separateOperations,
  stripIgnoredCharacters,
} from 'graphql';

/**
 * Writes every operation as a constant of its text, with the fragments that it uses, whose type says what it asks
 * for and what it brings: nothing but the text is left of it in a bundle.
 */
export const plugin: CodegenPlugin['plugin'] = (_schema, documents, config) => {
  const all = concatAST(documents.flatMap(({ document }) => document ?? []));
  const byName = separateOperations(all);
  return {
    prepend: [`import type { Operation } from '${config.operationTypeImport}';`],
    content: all.definitions
      .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
      .map((operation) => constantOf(operation, byName[operation.name!.value]!))
      .join('\n'),
  };
};

function constantOf({ name, operation }: OperationDefinitionNode, document: DocumentNode): string {
  const type = `${name!.value}${operation[0]!.toUpperCase()}${operation.slice(1)}`;
  const constant = name!.value.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  const text = stripIgnoredCharacters(print(document));
  return `export const ${constant} = ${JSON.stringify(text)} as Operation<${type}, ${type}Variables>;`;
}
