import type { Identity } from '@giggityflix/http';
import {
  type DirectiveNode,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import type { CorpusSubgraph } from './supergraph.ts';

/** Says whether an identity may select a field, read off the subgraphs' schemas as they are written. */
export type Allowed = (identity: Identity | null, parent: string, field: string) => boolean;

export function allowedBy(subgraphs: readonly CorpusSubgraph[], schema: GraphQLSchema): Allowed {
  const directives = new Map<string, DirectiveNode[]>();
  const note = (coordinate: string, found: readonly DirectiveNode[] = []) =>
    directives.set(coordinate, [...(directives.get(coordinate) ?? []), ...found]);
  for (const { sdl } of subgraphs)
    for (const definition of parse(sdl).definitions) {
      if (!('name' in definition) || !definition.name) continue;
      const name = definition.name.value;
      note(name, definition.directives);
      if (definition.kind === Kind.OBJECT_TYPE_DEFINITION)
        for (const field of definition.fields ?? []) note(`${name}.${field.name.value}`, field.directives);
    }
  const meets = (identity: Identity | null, coordinate: string) =>
    (directives.get(coordinate) ?? []).every((directive) => isMet(directive, identity));
  const onObject = (identity: Identity | null, parent: string, field: string): boolean => {
    const type = schema.getType(parent);
    if (!isObjectType(type)) return true;
    const result = getNamedType(type.getFields()[field]!.type);
    const entered = isCompositeType(result) && !isObjectType(result) ? [] : [result.name];
    return [parent, `${parent}.${field}`, ...entered].every((coordinate) => meets(identity, coordinate));
  };
  return (identity, parent, field) => {
    if (field.startsWith('__')) return true;
    const type = schema.getType(parent);
    if (!isInterfaceType(type)) return onObject(identity, parent, field);
    return schema.getPossibleTypes(type).every(({ name }) => onObject(identity, name, field));
  };
}

function isMet({ name, arguments: given }: DirectiveNode, identity: Identity | null): boolean {
  const value = given?.[0]?.value as ValueNode | undefined;
  const alternatives = (): string[][] => valueFromASTUntyped(value!) as string[][];
  switch (name.value) {
    case 'authenticated':
      return identity !== null;
    case 'requiresScopes':
      return alternatives().some((all) => all.every((scope) => identity?.scopes.includes(scope)));
    case 'policy':
      return alternatives().some((all) => all.every((policy) => isGranted(policy, identity)));
    default:
      return true;
  }
}

function isGranted(policy: string, identity: Identity | null): boolean {
  const role = policy.replace(/^role:/, '');
  return role !== policy && (identity?.roles.some((one) => one === role) ?? false);
}
