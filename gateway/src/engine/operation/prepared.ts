import type { QueryPlan } from '@apollo/query-planner';
import type { Cost } from '@giggityflix/graphql/cost';
import type {
  DocumentNode,
  OperationDefinitionNode,
  OperationTypeNode,
  VariableDefinitionNode,
} from 'graphql';
import type { ClientError } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import type { OnUnauthorized } from '../authorization/authorize.ts';
import type { Restrictions } from '../authorization/restrictions.ts';
import type { OperationDemand } from '../demand/demand.ts';
import type { LabelledDefers } from '../plan/defer.ts';
import type { Plan } from '../plan/plan.ts';
import type { Conditions, ObjectShape } from '../plan/shape.ts';

/** An operation that has passed every check that does not depend on variables. */
export interface PreparedOperation {
  readonly graph: Graph;
  readonly kind: OperationTypeNode;
  /** The operation's name, or null for an anonymous one. */
  readonly name: string | null;
  readonly source: string;
  readonly document: DocumentNode;
  /** The document as it is planned: what the planner could take for fields of its own is renamed. */
  readonly planned: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly variableDefinitions: readonly VariableDefinitionNode[];
  readonly cost: Cost;
  /** Null where operations are not estimated. */
  readonly demand: OperationDemand | null;
  /** The labels of progressive overrides it is planned for. */
  readonly overrides: ReadonlyMap<string, boolean>;
  /** Names of the variables `@skip`, `@include` and `@defer` use. */
  readonly conditionVariables: readonly string[];
  /** What of it needs authorization; null when nothing does. */
  readonly restrictions: Restrictions | null;
  /** The coordinates of fields that are planned and answered without; null when there are none. */
  readonly denied: ReadonlySet<string> | null;
  /** The operation for someone who may not select the fields of these coordinates. */
  without(denied: ReadonlySet<string>, how: OnUnauthorized): Preparation;
  /** The operation ready to run under the given conditions: what they leave out is not planned. */
  under(conditions: Conditions): Planning;
}

/** An operation that is ready to run. */
export interface PlannedOperation extends PreparedOperation {
  readonly plan: Plan;
  /** Makes the plan again, as the planner gives it; null when there is nothing to fetch. */
  queryPlan(): QueryPlan | null;
  /** The shape of the answer under the given conditions. */
  shape(conditions: Conditions): ObjectShape;
  /** The operation for clients that take the answer in parts; null when nothing is deferred, or what is cannot be planned so. */
  readonly deferred: (() => DeferredOperation | null) | null;
}

/** An operation that is answered in parts. */
export interface DeferredOperation {
  readonly plan: Plan;
  shape(conditions: Conditions): ObjectShape;
  /** The client's labels by those of plan and shape. */
  readonly labels: LabelledDefers['labels'];
}

export type Preparation =
  | { ok: true; operation: PreparedOperation }
  | { ok: false; errors: readonly ClientError[] };
export type Planning =
  | { ok: true; operation: PlannedOperation }
  | { ok: false; errors: readonly ClientError[] };
