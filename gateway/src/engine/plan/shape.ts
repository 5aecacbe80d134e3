import {
  type CompositeType,
  type FieldSelection,
  type FragmentSelection,
  isCompositeType,
  isCustomScalarType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isSubtype,
  type Operation,
  type Schema,
  type Selection,
  type SelectionSet,
  type Type,
  Variable,
} from '@apollo/federation-internals';
import type { SelectionNode } from 'graphql';
import { denialsOf } from '../authorization/denials.ts';

/** How a value of some type is completed. */
export type ValueShape = { nonNull: boolean; typeName: string } & (
  | { kind: 'leaf'; valid: (value: unknown) => boolean }
  | { kind: 'list'; of: ValueShape }
  | { kind: 'object'; object: ObjectShape }
);

/** One member of an object. */
export type MemberShape = {
  /** The name clients see. */
  key: string;
  /** The name in the merged answers of the subgraphs. */
  from: string;
  /** Set for names every JavaScript object inherits, which need a guarded look-up. */
  inherited: boolean;
  /** The type the field is of, for messages. */
  parent: string;
} & (
  | { kind: 'typename'; resolve: (given: unknown, typename: string | undefined) => string | null }
  | { kind: 'introspection'; selections: readonly SelectionNode[] }
  | { kind: 'value'; value: ValueShape }
  /** Members that come later, in a part of their own; `whole` has what is deferred inside it, too. */
  | { kind: 'deferred'; label: string; part: ObjectShape; whole: ObjectShape }
  /** Null as the client may not see it: the places of the fields that make it so, as seen from the member. */
  | { kind: 'denied'; nonNull: boolean; places: readonly (readonly string[])[] }
);

/** The members of an object, which depend on the type it turns out to have. */
export interface ObjectShape {
  /** Members for a `__typename` the subgraphs gave, or for none; null when no such type is known to clients. */
  members(typename: string | undefined): readonly MemberShape[] | null;
}

/** The values of the variables `@skip` and `@include` use. */
export type Conditions = ReadonlyMap<string, boolean>;

/**
 * Compiles what a client selected to the shape of its answer, duplicates merged, fragments and conditions resolved:
 * per concrete type there is a flat list of members in the order of the answer.
 */
export function compileShape(
  operation: Operation,
  {
    conditions,
    nameOf,
    denied,
    defers = false,
  }: {
    conditions: Conditions;
    nameOf(responseName: string): string;
    /** Coordinates of fields that are answered with null and an error. */
    denied: ReadonlySet<string> | null;
    /** Whether deferred fragments are parts of their own. */
    defers?: boolean;
  },
): ObjectShape {
  const schema = operation.schema();
  const root = schema.schemaDefinition.rootType(operation.rootKind);
  if (!root) throw new Error(`the schema has no ${operation.rootKind} type`);
  return objectShape({ schema, conditions, nameOf, denied, defers }, root, [operation.selectionSet]);
}

interface Context {
  schema: Schema;
  conditions: Conditions;
  /** The client's name for what plans call so. */
  nameOf(responseName: string): string;
  denied: ReadonlySet<string> | null;
  defers: boolean;
}

function objectShape(
  context: Context,
  type: CompositeType,
  selectionSets: readonly SelectionSet[],
): ObjectShape {
  const compiled = new Map<string | undefined, readonly MemberShape[] | null>();
  return {
    members(typename) {
      let members = compiled.get(typename);
      if (members === undefined) {
        members = compileMembers(context, type, typename, selectionSets);
        // Names that are no type come from outside and are not cached.
        if (members !== null) compiled.set(typename, members);
      }
      return members;
    },
  };
}

interface Collected {
  selection: FieldSelection;
  occurrences: FieldSelection[];
  parent: CompositeType;
  subselections: SelectionSet[];
}

interface Into {
  fields: Map<string, Collected>;
  deferred: MemberShape[];
}

function compileMembers(
  context: Context,
  declared: CompositeType,
  typename: string | undefined,
  selectionSets: readonly SelectionSet[],
): readonly MemberShape[] | null {
  const named = typename === undefined ? declared : context.schema.type(typename);
  if (!named || !isCompositeType(named)) return null;
  const into: Into = { fields: new Map(), deferred: [] };
  for (const selectionSet of selectionSets)
    collect(context, selectionSet.selections(), typename === undefined ? undefined : named, named, into);
  const members = [...into.fields].map(([name, field]) => memberShape(context, name, field));
  return into.deferred.length > 0 ? [...members, ...into.deferred] : members;
}

function collect(
  context: Context,
  selections: readonly Selection[],
  runtimeType: CompositeType | undefined,
  parent: CompositeType,
  into: Into,
): void {
  for (const selection of selections) {
    if (isSkipped(selection, context)) continue;
    if (selection.kind === 'FieldSelection') {
      const key = selection.element.responseName();
      const field = into.fields.get(key) ?? { selection, occurrences: [], parent, subselections: [] };
      field.occurrences.push(selection.expandFragments());
      if (selection.selectionSet) field.subselections.push(selection.selectionSet);
      into.fields.set(key, field);
    } else {
      const condition = selection.element.typeCondition;
      if (condition && !isSubtype(condition, runtimeType ?? parent)) continue;
      const label = labelOf(selection, context);
      if (label !== null)
        into.deferred.push(deferredShape(context, label, condition ?? parent, selection.selectionSet));
      else collect(context, selection.selectionSet.selections(), runtimeType, condition ?? parent, into);
    }
  }
}

/** The label of a fragment that comes later; null for one that does not. */
function labelOf(selection: FragmentSelection, { defers, conditions }: Context): string | null {
  const given = defers ? selection.element.deferDirectiveArgs() : undefined;
  if (!given?.label) return null;
  return given.if instanceof Variable && conditions.get(given.if.name) !== true ? null : given.label;
}

function deferredShape(context: Context, label: string, type: CompositeType, set: SelectionSet): MemberShape {
  return {
    kind: 'deferred',
    key: '',
    from: '',
    inherited: false,
    parent: type.name,
    label,
    part: objectShape(context, type, [set]),
    whole: objectShape({ ...context, defers: false }, type, [set]),
  };
}

function isSkipped(selection: Selection, context: Context): boolean {
  const { element } = selection;
  const skip = element.appliedDirectivesOf(context.schema.skipDirective())[0];
  const include = element.appliedDirectivesOf(context.schema.includeDirective())[0];
  return (
    (skip !== undefined && conditionOf(skip.arguments().if, context)) ||
    (include !== undefined && !conditionOf(include.arguments().if, context))
  );
}

function conditionOf(value: unknown, { conditions }: Context): boolean {
  return value instanceof Variable ? conditions.get(value.name) === true : value === true;
}

function memberShape(context: Context, from: string, field: Collected): MemberShape {
  const { selection, parent, subselections } = field;
  const { definition } = selection.element;
  const common = {
    key: context.nameOf(from),
    from,
    inherited: from in Object.prototype,
    parent: parent.name,
  };
  if (definition.isSchemaIntrospectionField())
    return {
      ...common,
      kind: 'introspection',
      selections: field.occurrences.map((one) => one.toSelectionNode()),
    };
  if (selection.element.name === '__typename')
    return {
      ...common,
      kind: 'typename',
      resolve: (given, typename) =>
        objectTypeName(context.schema, given) ?? objectTypeName(context.schema, typename ?? parent.name),
    };
  const { denied, nameOf } = context;
  const places =
    denied &&
    denialsOf({ denied, nameOf, isSkipped: (inner) => isSkipped(inner, context) }, field.occurrences);
  if (places) return { ...common, kind: 'denied', nonNull: isNonNullType(definition.type as Type), places };
  return { ...common, kind: 'value', value: valueShape(context, definition.type as Type, subselections) };
}

function objectTypeName(schema: Schema, name: unknown): string | null {
  const type = typeof name === 'string' ? schema.type(name) : undefined;
  return type !== undefined && isObjectType(type) ? type.name : null;
}

function valueShape(context: Context, type: Type, subselections: readonly SelectionSet[]): ValueShape {
  const nonNull = isNonNullType(type);
  const nullable = isNonNullType(type) ? type.ofType : type;
  const common = { nonNull, typeName: nullable.toString() };
  if (isListType(nullable))
    return { ...common, kind: 'list', of: valueShape(context, nullable.ofType, subselections) };
  if (isCompositeType(nullable))
    return { ...common, kind: 'object', object: objectShape(context, nullable, subselections) };
  return { ...common, kind: 'leaf', valid: leafCheck(nullable) };
}

/** The values a leaf type may have as JSON, with the leniency federation has always had (an Int may be an ID). */
function leafCheck(type: Type): (value: unknown) => boolean {
  if (isCustomScalarType(type)) return () => true;
  if (isEnumType(type)) {
    const values = new Set(type.values.map((value) => value.name));
    return (value) => typeof value === 'string' && values.has(value);
  }
  switch (type.toString()) {
    case 'Boolean':
      return (value) => typeof value === 'boolean';
    case 'Int':
      return (value) => typeof value === 'number' && (value | 0) === value;
    case 'Float':
      return (value) => typeof value === 'number' || isRawNumber(value);
    case 'ID':
      // Beyond the safe integers, the digits are not those the subgraph gave.
      return (value) => typeof value === 'string' || Number.isSafeInteger(value) || isRawNumber(value);
    default:
      return (value) => typeof value === 'string';
  }
}

const { isRawJSON } = JSON as unknown as { isRawJSON(value: unknown): boolean };

/** A number kept as it was written, because JavaScript's has too few digits for it. */
function isRawNumber(value: unknown): boolean {
  return typeof value === 'object' && isRawJSON(value);
}
