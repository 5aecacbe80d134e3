import { type GraphQLError, getVariableValues } from 'graphql';
import { type ClientError, clientError } from '../../errors.ts';
import { MAX_VARIABLES_DEPTH } from '../../limits.ts';
import { type Decision, decide, type OnUnauthorized } from '../authorization/authorize.ts';
import type { Policies, Requester } from '../authorization/policies.ts';
import { admit, type RequestCost } from '../demand/demand.ts';
import type { PersistedDocuments } from './persisted.ts';
import type { OperationStore } from './prepare.ts';
import type { PlannedOperation, Preparation, PreparedOperation } from './prepared.ts';

/** The members of a GraphQL request, from whatever transport. */
export interface GraphQLParams {
  query?: unknown;
  operationName?: unknown;
  variables?: unknown;
  extensions?: unknown;
  documentId?: unknown;
}

/** A request found sound: what to run, and with what. */
export interface ResolvedRequest {
  operation: PlannedOperation;
  variables: Readonly<Record<string, unknown>>;
  conditions: ReadonlyMap<string, boolean>;
  /** What it is expected to cost, where the answer is to say what it did. */
  cost?: RequestCost;
}

/** `malformed`: the request is no GraphQL request at all, as against one that the schema refuses. */
export type Resolution =
  | { ok: true; request: ResolvedRequest }
  | { ok: false; malformed: boolean; errors: readonly ClientError[] };

const NO_CONDITIONS: ReadonlyMap<string, boolean> = new Map();
const NO_VARIABLES: Readonly<Record<string, unknown>> = Object.freeze({});

/** Turns a request's members into an operation that the requester may run and its variables, or says what is wrong with them. */
export function resolveRequest(
  params: GraphQLParams,
  requester: Requester,
  options: {
    documents: PersistedDocuments;
    operations: OperationStore;
    policies: Policies;
    onUnauthorized: OnUnauthorized;
    /** Called for failures that clients only see masked. */
    onFailure(error: unknown, operation: PreparedOperation, requestId: string): void;
    maxCost: number;
  },
): Resolution | Promise<Resolution> {
  const malformed = findMalformed(params);
  if (malformed) return { ok: false, malformed: true, errors: [malformed] };
  // A member that is null is one that is not given (GraphQL over HTTP, 5.1).
  const query = (params.query as string | null | undefined) ?? undefined;
  const found = options.documents.find(query, params.extensions, params.documentId);
  if (!found.ok)
    return { ok: false, malformed: found.error.extensions?.code === 'BAD_REQUEST', errors: [found.error] };
  const operationName = (params.operationName as string | null | undefined) ?? undefined;
  const preparation = options.operations.prepare(found.source, operationName, requester);
  if (!preparation.ok || !preparation.operation.restrictions)
    return resolvePrepared(preparation, params, requester, options.maxCost);
  const { operation } = preparation;
  const go = (decision: Decision): Resolution => {
    if (decision.ok) {
      const { denied } = decision;
      const allowed = denied.size === 0 ? preparation : operation.without(denied, options.onUnauthorized);
      return resolvePrepared(allowed, params, requester, options.maxCost);
    }
    options.onFailure(decision.error, operation, requester.context.requestId);
    return refused(clientError('INTERNAL_SERVER_ERROR', 'it could not be decided what the client may see'));
  };
  const decision = decide(preparation.operation.restrictions, requester, options.policies);
  return decision instanceof Promise ? decision.then(go) : go(decision);
}

function resolvePrepared(
  preparation: Preparation,
  params: GraphQLParams,
  { key }: Requester,
  maxCost: number,
): Resolution {
  if (!preparation.ok) return { ok: false, malformed: false, errors: preparation.errors };
  const { operation } = preparation;
  const variables = (params.variables as Record<string, unknown> | null | undefined) ?? NO_VARIABLES;
  let conditions = NO_CONDITIONS;
  let coerced: Readonly<Record<string, unknown>> = NO_VARIABLES;
  if (operation.variableDefinitions.length > 0) {
    const values = getVariableValues(operation.graph.schema, operation.variableDefinitions, variables, {
      maxErrors: 10,
    });
    if (values.errors) return { ok: false, malformed: false, errors: values.errors.map(badVariable) };
    coerced = values.coerced;
    if (operation.conditionVariables.length > 0)
      // One without a value is `@defer`'s, which is on then; the others need a value.
      conditions = new Map(
        operation.conditionVariables.map((name) => [
          name,
          values.coerced[name] === undefined || values.coerced[name] === true,
        ]),
      );
  }
  const cost = operation.cost(coerced);
  if (cost > maxCost)
    return refused(
      clientError('OPERATION_TOO_COMPLEX', `the operation asks for ${cost} objects; at most ${maxCost}`),
    );
  let demanded: RequestCost | undefined;
  if (operation.demand) {
    const admitted = admit(operation.demand, coerced, { key, isAsked: asksForCost(params) });
    if (admitted && 'message' in admitted) return refused(admitted);
    demanded = admitted ?? undefined;
  }
  const planning = operation.under(conditions);
  if (!planning.ok) return { ok: false, malformed: false, errors: planning.errors };
  const request: ResolvedRequest = { operation: planning.operation, variables, conditions };
  return { ok: true, request: demanded ? { ...request, cost: demanded } : request };
}

function asksForCost({ extensions }: GraphQLParams): boolean {
  return (extensions as { cost?: unknown } | null | undefined)?.cost === true;
}

function refused(error: ClientError): Resolution {
  return { ok: false, malformed: false, errors: [error] };
}

function badVariable(error: GraphQLError): ClientError {
  return clientError('BAD_USER_INPUT', error.message, error.locations ? { locations: error.locations } : {});
}

function findMalformed(params: GraphQLParams): ClientError | null {
  const { query, operationName, variables, extensions } = params;
  if (query !== undefined && query !== null && typeof query !== 'string')
    return wrongType('query', 'a string');
  if (operationName != null && typeof operationName !== 'string')
    return wrongType('operationName', 'a string');
  if (variables != null && !isPlainObject(variables)) return wrongType('variables', 'an object');
  if (extensions != null && !isPlainObject(extensions)) return wrongType('extensions', 'an object');
  if (variables != null && isDeeperThan(variables, MAX_VARIABLES_DEPTH))
    return clientError('BAD_REQUEST', `variables are more than ${MAX_VARIABLES_DEPTH} levels deep`);
  return null;
}

function wrongType(member: string, expected: string): ClientError {
  return clientError('BAD_REQUEST', `${member} must be ${expected}`);
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const members = Array.isArray(value) ? value : Object.values(value);
  for (const member of members)
    if (typeof member === 'object' && member !== null && isDeeperThan(member, levels - 1)) return true;
  return false;
}
