import { type DirectiveDefinition, isInputObjectType, type Schema } from '@apollo/federation-internals';

/** What a supergraph says of costs: `@cost` and `@listSize` of the IBM specification, composition's largest where subgraphs differ. */
export interface Costs {
  /** By the coordinate of what has a weight: `Film`, `Film.cast`, `Film.cast(first:)`, `Filter.title`. */
  readonly weights: ReadonlyMap<string, number>;
  /** By the coordinate of the field. */
  readonly sizes: ReadonlyMap<string, ListSize>;
}

/** `@listSize` of one field. */
export interface ListSize {
  readonly assumed: number | null;
  /** Arguments that say how many items there are. */
  readonly slicing: readonly string[];
  /** Fields of the type it gives whose lists this is about. */
  readonly sized: readonly string[];
  /** Whether exactly one of the slicing arguments has to be given. */
  readonly requireOne: boolean;
}

/** The core feature of a supergraph that has any. */
export const COST_FEATURE = 'https://specs.apollo.dev/cost';

interface Element {
  readonly coordinate: string;
  readonly appliedDirectives: readonly { readonly name: string; arguments(): object }[];
}

export function costsOf(schema: Schema): Costs {
  const weights = new Map<string, number>();
  const sizes = new Map<string, ListSize>();
  const feature = schema.coreFeatures?.getByIdentity(COST_FEATURE);
  const named = (name: string): DirectiveDefinition | undefined =>
    feature && schema.directive(feature.directiveNameInSchema(name));
  const [cost, listSize] = [named('cost'), named('listSize')];
  if (!cost && !listSize) return { weights, sizes };
  const note = ({ coordinate, appliedDirectives }: Element) => {
    for (const applied of appliedDirectives) {
      if (applied.name === cost?.name)
        weights.set(coordinate, (applied.arguments() as { weight: number }).weight);
      else if (applied.name === listSize?.name) sizes.set(coordinate, sizeOf(applied.arguments()));
    }
  };
  for (const type of schema.types()) {
    note(type);
    if (isInputObjectType(type)) for (const field of type.fields()) note(field);
  }
  for (const type of [...schema.objectTypes(), ...schema.interfaceTypes()])
    for (const field of type.fields()) {
      note(field);
      for (const argument of field.arguments()) note(argument);
    }
  return { weights, sizes };
}

function sizeOf(given: {
  assumedSize?: number | null;
  slicingArguments?: string[] | null;
  sizedFields?: string[] | null;
  requireOneSlicingArgument?: boolean | null;
}): ListSize {
  return {
    assumed: given.assumedSize ?? null,
    slicing: given.slicingArguments ?? [],
    sized: given.sizedFields ?? [],
    requireOne: given.requireOneSlicingArgument ?? true,
  };
}
