import { createHash } from 'node:crypto';
import { DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES, type Schema, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import {
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { AUTHORIZATION_FEATURES, type Authorization, authorizationOf } from './authorization.ts';
import { COST_FEATURE, type Costs, costsOf } from './costs.ts';
import { type Overrides, overridesOf } from './overrides.ts';
import { type PlannerNames, plannerNames } from './planner-names.ts';
import { conflictingRequirements, type Requirements } from './requirements.ts';

/** One subgraph of a supergraph and where its GraphQL endpoint is. */
export interface SubgraphAddress {
  name: string;
  url: string;
}

/** A supergraph made ready to plan and answer operations. Immutable: a schema change makes a new one. */
export interface Graph {
  /** Digest of the supergraph's SDL; two graphs with the same id answer alike. */
  readonly id: string;
  readonly sdl: string;
  /** What clients see, in the form graphql-js validates and introspects. */
  readonly schema: GraphQLSchema;
  /** The same in the form the planner works with. */
  readonly api: Schema;
  /** With the members clients do not see: entity types for plans may be among them. */
  readonly internal: GraphQLSchema;
  /** Whether fields have scalars beside those of the specification, which may hold any JSON. */
  readonly customScalars: boolean;
  readonly planner: QueryPlanner;
  readonly names: PlannerNames;
  /** Null where it has no progressive overrides. */
  readonly overrides: Overrides | null;
  readonly requirements: Requirements;
  /** What fields require of whoever selects them; null when none does. */
  readonly authorization: Authorization | null;
  /** Weights and sizes of lists that subgraphs declare. */
  readonly costs: Costs;
  readonly subgraphs: readonly SubgraphAddress[];
}

/**
 * Plans compared before the best of them is taken. Apollo's default is 10,000, which lets one operation on interfaces
 * cost seconds of CPU; operations like our clients' have a handful.
 */
const MAX_EVALUATED_PLANS = 100;
export const PLANNER = {
  debug: { maxEvaluatedPlans: MAX_EVALUATED_PLANS },
  incrementalDelivery: { enableDefer: true },
};

/** What a supergraph may ask of whoever serves it. */
const SUPPORTED_FEATURES = new Set([
  ...DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES,
  ...[...AUTHORIZATION_FEATURES, COST_FEATURE].map((identity) => `${identity}/v0.1`),
]);

/**
 * Builds a graph from supergraph SDL, as `npm run compose` or {@link compose} write it.
 * @throws GraphQLError when the SDL is not a supergraph.
 */
export function buildGraph(sdl: string): Graph {
  const supergraph = Supergraph.build(sdl, {
    validateSupergraph: true,
    supportedFeatures: SUPPORTED_FEATURES,
  });
  const api = supergraph.apiSchema();
  const internal = supergraph.schema.toGraphQLJSSchema();
  return {
    id: createHash('sha256').update(sdl).digest('hex').slice(0, 16),
    sdl,
    schema: api.toGraphQLJSSchema({ includeDefer: true }),
    api,
    internal,
    customScalars: hasCustomScalars(internal),
    planner: new QueryPlanner(supergraph, PLANNER),
    names: plannerNames(sdl),
    overrides: overridesOf(sdl),
    requirements: conflictingRequirements(sdl),
    authorization: authorizationOf(supergraph.schema),
    costs: costsOf(supergraph.schema),
    subgraphs: supergraph.subgraphsMetadata().map(({ name, url }) => ({ name, url })),
  };
}

/** The scalars of federation's own directives are of no field; names say nothing, as others may look like theirs. */
function hasCustomScalars(schema: GraphQLSchema): boolean {
  return Object.values(schema.getTypeMap()).some(
    (type) =>
      (isObjectType(type) || isInterfaceType(type)) &&
      !isIntrospectionType(type) &&
      Object.values(type.getFields()).some((field) => {
        const named = getNamedType(field.type);
        return isScalarType(named) && !isSpecifiedScalarType(named);
      }),
  );
}
