import {
  type GraphQLNamedOutputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { CorpusOperation } from './supergraph.ts';

/** Levels of objects: deeper ones exercise nothing new, and take long to plan. */
const MAX_DEPTH = 3;

/** A random source with a seed (mulberry32), so that a failing operation can be made again. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Makes up queries on a schema: fields, aliases, fragments of both kinds, conditions on literals and variables, the
 * same field in several places. Arguments are left out where they may be, and otherwise of a few known values.
 */
export function randomOperations(schema: GraphQLSchema, count: number, seed: number): CorpusOperation[] {
  const random = createRandom(seed);
  const chance = (probability: number) => random() < probability;
  const pick = <T>(options: readonly T[]): T => options[Math.floor(random() * options.length)]!;
  let fragments: string[] = [];
  const variables = () => ({ yes: chance(0.5), no: chance(0.5) });

  const condition = () => {
    if (!chance(0.15)) return '';
    return ` @${pick(['skip', 'include'])}(if: ${pick(['$yes', '$no', 'true', 'false'])})`;
  };
  const selections = (type: GraphQLNamedOutputType, depth: number, typename = false): string => {
    const parts: string[] = [];
    if (typename || chance(0.2)) parts.push('__typename');
    if (isObjectType(type) || isInterfaceType(type)) {
      const fields = Object.values(type.getFields());
      for (let n = 1 + Math.floor(random() * 4); n > 0; n--) parts.push(field(pick(fields), depth));
    }
    if (isAbstractType(type))
      for (const member of schema.getPossibleTypes(type)) if (chance(0.6)) parts.push(inside(member, depth));
    if (isObjectType(type) && chance(0.15)) parts.push(inside(type, depth));
    return parts.filter(Boolean).join(' ') || '__typename';
  };
  const inside = (type: GraphQLObjectType, depth: number): string => {
    const inner = selections(type, depth);
    if (chance(0.5)) return `... on ${type.name}${condition()} { ${inner} }`;
    const name = `F${fragments.length}`;
    fragments.push(`fragment ${name} on ${type.name} { ${inner} }`);
    return `...${name}${condition()}`;
  };
  const field = (definition: ReturnType<GraphQLObjectType['getFields']>[string], depth: number): string => {
    const type = getNamedType(definition.type);
    if (isCompositeType(type) && depth === 0) return '';
    const required = definition.args.filter(
      (argument) => isNonNullType(argument.type) && argument.defaultValue === undefined,
    );
    const given = required.map(
      (argument) => `${argument.name}: ${JSON.stringify(pick(['1', '2', '4', 'f1', 's1']))}`,
    );
    const args = given.length > 0 ? `(${given.join(', ')})` : '';
    // An alias is bound to its field, so that equal response names never conflict.
    const alias = chance(0.2)
      ? `${definition.name}_${pick(['a', 'b'])}${given.join('').replace(/\W/g, '')}: `
      : given.length > 0
        ? `${definition.name}_${given.join('').replace(/\W/g, '')}: `
        : '';
    const inner = isCompositeType(type) ? ` { ${selections(type, depth - 1)} }` : '';
    return `${alias}${definition.name}${args}${condition()}${inner}`;
  };

  return Array.from({ length: count }, () => {
    fragments = [];
    const body = selections(schema.getQueryType()!, MAX_DEPTH, true);
    const query = `query Random($yes: Boolean!, $no: Boolean = true) { used: __typename @include(if: $yes) also: __typename @include(if: $no) ${body} } ${fragments.join(' ')}`;
    return { query, variables: variables() };
  });
}
