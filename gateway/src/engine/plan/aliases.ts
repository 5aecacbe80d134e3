import { type DocumentNode, type FieldNode, Kind, visit } from 'graphql';
import type { ClientError } from '../../errors.ts';
import type { PlannerNames } from '../../graph/planner-names.ts';

/** The document for the planner: the same when no name of the client's could be taken for one of the planner's. */
export function renameForPlanning(document: DocumentNode, names: PlannerNames): DocumentNode {
  const { prefix } = names;
  return visit(document, {
    Field(field) {
      // Introspection is answered here, and not planned.
      if (field.name.value === '__schema' || field.name.value === '__type') return false;
      if (!isAmbiguous(field, names)) return undefined;
      const responseName = (field.alias ?? field.name).value;
      return { ...field, alias: { kind: Kind.NAME, value: prefix + responseName } };
    },
  });
}

function isAmbiguous(field: FieldNode, { prefix, fields }: PlannerNames): boolean {
  const responseName = (field.alias ?? field.name).value;
  if (responseName.startsWith(prefix)) return true;
  const withArguments = fields.get(responseName);
  if (withArguments === undefined) return false;
  return (
    responseName !== field.name.value ||
    withArguments ||
    (field.arguments && field.arguments.length > 0) === true
  );
}

/** The name a client gave to what plans and subgraphs' answers call `name`. */
export function clientName({ prefix }: PlannerNames, name: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** Errors with the client's names in their paths. */
export function withClientNames(
  operation: { document: DocumentNode; planned: DocumentNode; graph: { names: PlannerNames } },
  errors: readonly ClientError[],
): readonly ClientError[] {
  if (errors.length === 0 || operation.planned === operation.document) return errors;
  const { names } = operation.graph;
  return errors.map((error) =>
    error.path
      ? {
          ...error,
          path: error.path.map((part) => (typeof part === 'string' ? clientName(names, part) : part)),
        }
      : error,
  );
}
