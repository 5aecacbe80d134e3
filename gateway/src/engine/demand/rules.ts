import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import type { Costs, ListSize } from '../../graph/costs.ts';

/** What selecting a field of some type costs. */
export interface FieldRule {
  readonly definition: GraphQLField<unknown, unknown>;
  /** Of one item, without what is selected in it. */
  readonly weight: number;
  readonly sizes: readonly ListSize[];
  readonly arguments: ReadonlyMap<string, ArgumentRule>;
}

export interface ArgumentRule {
  readonly definition: GraphQLArgument;
  /** Of `@cost` on the argument itself. */
  readonly weight: number | undefined;
}

export interface Rules {
  readonly costs: Costs;
  readonly schema: GraphQLSchema;
  /** Null for a field that costs nothing, as those of introspection. */
  field(parent: GraphQLNamedType, name: string): FieldRule | null;
}

/**
 * Looks up what fields cost. A field of an interface, and what an interface or union gives, may turn out to be of any of their
 * types: the most expensive counts.
 */
export function createRules(schema: GraphQLSchema, costs: Costs): Rules {
  const known = new Map<string, FieldRule | null>();
  const ofType = (type: GraphQLNamedType): number => {
    const own = costs.weights.get(type.name);
    if (own !== undefined) return own;
    if (isAbstractType(type)) {
      const possible = schema.getPossibleTypes(type).map(ofType);
      return possible.length > 0 ? Math.max(...possible) : 1;
    }
    return isCompositeType(type) ? 1 : 0;
  };
  const look = (parent: GraphQLNamedType, name: string): FieldRule | null => {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return null;
    const definition = parent.getFields()[name];
    if (!definition) return null;
    const owners: (GraphQLObjectType | GraphQLInterfaceType)[] = isInterfaceType(parent)
      ? [parent, ...schema.getPossibleTypes(parent)]
      : [parent];
    const weights = owners.map(
      (owner) =>
        costs.weights.get(`${owner.name}.${name}`) ?? ofType(getNamedType(owner.getFields()[name]!.type)),
    );
    const rules = definition.args.map((argument): [string, ArgumentRule] => {
      const given = owners.flatMap(
        (owner) => costs.weights.get(`${owner.name}.${name}(${argument.name}:)`) ?? [],
      );
      return [
        argument.name,
        { definition: argument, weight: given.length > 0 ? Math.max(...given) : undefined },
      ];
    });
    return {
      definition,
      weight: Math.max(...weights),
      sizes: owners.flatMap((owner) => costs.sizes.get(`${owner.name}.${name}`) ?? []),
      arguments: new Map(rules),
    };
  };
  return {
    costs,
    schema,
    field(parent, name) {
      const key = `${parent.name}.${name}`;
      let rule = known.get(key);
      if (rule === undefined) {
        rule = look(parent, name);
        known.set(key, rule);
      }
      return rule;
    },
  };
}
