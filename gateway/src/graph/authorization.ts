import {
  baseType,
  type DirectiveDefinition,
  type FieldDefinition,
  type InterfaceType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  type NamedType,
  type ObjectType,
  type Schema,
} from '@apollo/federation-internals';
import { implies, type Requirement } from './requirement.ts';

/** The requirements of fields by their coordinate (`Film.price`), those of the types they belong to and have included. */
export type Authorization = ReadonlyMap<string, readonly Requirement[]>;

/** The core features of a supergraph that are enforced here. */
export const AUTHORIZATION_FEATURES = ['authenticated', 'requiresScopes', 'policy'].map(
  (name) => `https://specs.apollo.dev/${name}`,
);

/** Finds them in a supergraph, where composition has joined those of all subgraphs; null when there are none. */
export function authorizationOf(schema: Schema): Authorization | null {
  const directives = AUTHORIZATION_FEATURES.map((identity) => directiveOf(schema, identity));
  if (directives.every((directive) => directive === undefined)) return null;
  const [authenticated, scopes, policies] = directives;
  /** Equal requirements are one object. */
  const known = new Map<string, Requirement>();
  const intern = (requirement: Requirement): Requirement => {
    const key = JSON.stringify(requirement);
    const same = known.get(key) ?? requirement;
    known.set(key, same);
    return same;
  };
  const own = (element: NamedType | FieldDefinition<ObjectType | InterfaceType>): Requirement[] => {
    const found: Requirement[] = [];
    for (const applied of element.appliedDirectives) {
      if (applied.name === authenticated?.name) found.push(intern({ kind: 'authenticated' }));
      else if (applied.name === scopes?.name)
        found.push(intern({ kind: 'scopes', anyOf: applied.arguments().scopes as string[][] }));
      else if (applied.name === policies?.name)
        found.push(intern({ kind: 'policies', anyOf: applied.arguments().policies as string[][] }));
    }
    return found;
  };
  /** What selecting a field of a type takes, whatever is selected inside. */
  const entering = (type: NamedType): Requirement[] => {
    if (isObjectType(type) || isScalarType(type) || isEnumType(type)) return own(type);
    if (!isInterfaceType(type)) return [];
    // Composition puts on an interface what its types require. That holds where they are selected; only what is the
    // interface's own holds for everything in it.
    const ofTypes = type.possibleRuntimeTypes().flatMap(own);
    return own(type).filter((requirement) => !implies(ofTypes, requirement));
  };
  const selecting = (field: FieldDefinition<ObjectType | InterfaceType>): Requirement[] => {
    const found = [...own(field.parent), ...own(field), ...entering(baseType(field.type!))];
    if (!isInterfaceType(field.parent)) return found;
    // The object may turn out to be of any type the interface has.
    for (const type of field.parent.possibleRuntimeTypes()) found.push(...selecting(type.field(field.name)!));
    return found;
  };

  const authorization = new Map<string, readonly Requirement[]>();
  for (const type of [...schema.objectTypes(), ...schema.interfaceTypes()])
    for (const field of type.fields()) {
      const required = new Set(selecting(field as FieldDefinition<ObjectType | InterfaceType>));
      if (required.size > 0) authorization.set(field.coordinate, [...required]);
    }
  return authorization.size > 0 ? authorization : null;
}

function directiveOf(schema: Schema, identity: string): DirectiveDefinition | undefined {
  const feature = schema.coreFeatures?.getByIdentity(identity);
  return feature && schema.directive(feature.directiveNameInSchema(feature.url.name));
}
