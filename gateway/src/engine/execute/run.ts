import { type GraphQLSchema, isObjectType } from 'graphql';
import { type ClientError, clientError } from '../../errors.ts';
import type { SubgraphClients, SubgraphRequestContext } from '../../subgraphs/client.ts';
import type { DeferStep, Fetch, FetchStep, Step } from '../plan/plan.ts';
import { isObject, mergeInto } from './merge.ts';
import { entitiesAt, pathsOfEntitiesAt } from './paths.ts';
import { buildRepresentations, type Representations } from './representations.ts';
import { applyRewrites } from './rewrites.ts';

type Json = Record<string, unknown>;
type Path = readonly (string | number)[];

/** The running of one operation's plan; `data` and `errors` grow as subgraphs answer. */
export interface Run {
  readonly schema: GraphQLSchema;
  readonly subgraphs: SubgraphClients;
  readonly request: SubgraphRequestContext;
  readonly variables: Readonly<Json>;
  /** The values of variables that conditions use, defaults applied. */
  readonly conditions: ReadonlyMap<string, boolean>;
  readonly data: Json;
  readonly errors: ClientError[];
  /** What sees to deferred parts; only there for plans that have some. */
  readonly parts?: PartSteps;
}

/** Runs the steps of a plan that deferred parts depend on. */
export interface PartSteps {
  fetch(step: FetchStep, go: () => Promise<void>): Promise<void>;
  defer(run: Run, step: DeferStep): Promise<void>;
}

/** Runs a step of a plan; failures become errors of the run, so that the rest of the answer survives them. */
export async function runStep(run: Run, step: Step): Promise<void> {
  switch (step.kind) {
    case 'sequence':
      for (const inner of step.steps) await runStep(run, inner);
      return;
    case 'parallel':
      await Promise.all(step.steps.map((inner) => runStep(run, inner)));
      return;
    case 'condition': {
      const branch = run.conditions.get(step.variable) === true ? step.whenTrue : step.whenFalse;
      return branch === null ? undefined : runStep(run, branch);
    }
    case 'fetch':
      return run.parts ? run.parts.fetch(step, () => runFetch(run, step)) : runFetch(run, step);
    case 'defer':
      if (!run.parts) throw new Error('the plan is to be run in parts');
      return run.parts.defer(run, step);
  }
}

function runFetch(run: Run, { fetch, path }: FetchStep): Promise<void> {
  return fetch.requires ? fetchEntities(run, fetch, path) : fetchRoot(run, fetch, path);
}

async function fetchRoot(run: Run, fetch: Fetch, path: Path): Promise<void> {
  const targets = path.length === 0 ? [run.data] : entitiesAt(run.data, path);
  if (targets.length === 0) return;
  const answer = await run.subgraphs.fetch(
    fetch,
    `${fetch.bodyStart}${variablesText(run, fetch)}}}`,
    run.request,
  );
  for (const error of answer.errors)
    run.errors.push(downstreamError(error, fetch.subgraph, error.path && [...path, ...error.path]));
  if (!isObject(answer.data)) return;
  applyRewrites(run.schema, fetch.outputRewrites, answer.data);
  for (const target of targets) mergeInto(target, answer.data);
}

async function fetchEntities(run: Run, fetch: Fetch, path: Path): Promise<void> {
  const entities = entitiesAt(run.data, path);
  if (entities.length === 0) return;
  const { inputRewrites, outputRewrites } = fetch;
  const representations = buildRepresentations(run.schema, entities, fetch.requires!, {
    input: inputRewrites,
    byType: inputRewrites !== undefined || outputRewrites !== undefined,
  });
  const { texts, positions } = representations;
  if (texts.length === 0) return;
  const others = variablesText(run, fetch);
  const body = `${fetch.bodyStart}${others}${others === '{' ? '' : ','}"representations":[${texts.join(',')}]}}`;
  const answer = await run.subgraphs.fetch(fetch, body, run.request);
  if (answer.errors.length > 0) pushEntityErrors(run, fetch, path, representations, answer.errors);
  if (!isObject(answer.data)) return;
  const received = answer.data._entities;
  if (!Array.isArray(received) || received.length !== texts.length) {
    const answer = Array.isArray(received) ? `${received.length} entities` : 'no list of entities';
    run.errors.push(
      downstreamError(
        { message: `the ${fetch.subgraph} subgraph answered ${answer} to ${texts.length} representations` },
        fetch.subgraph,
        undefined,
      ),
    );
    return;
  }
  for (let index = 0; index < received.length; index++) {
    const entity = received[index];
    if (!isObject(entity)) continue;
    const sharing = positions[index]!;
    if (outputRewrites) {
      entity.__typename ??= entities[sharing[0]!]!.__typename;
      applyRewrites(run.schema, outputRewrites, entity);
    }
    for (const position of sharing) mergeEntity(run.schema, entities[position]!, entity);
  }
}

/** A subgraph that has only the interface of an entity (`@interfaceObject`) does not know what it is. */
function mergeEntity(schema: GraphQLSchema, target: Json, entity: Json): void {
  const known = target.__typename;
  mergeInto(target, entity);
  if (target.__typename !== known && typeof known === 'string' && isObjectType(schema.getType(known)))
    target.__typename = known;
}

/** The fetch's own variables as the inside of a JSON object, from its brace on, without the closing one. */
function variablesText(run: Run, fetch: Fetch): string {
  let text = '{';
  for (const name of fetch.variables) {
    if (!Object.hasOwn(run.variables, name)) continue;
    const value = run.variables[name];
    if (value === undefined) continue;
    text += `${text === '{' ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(value)}`;
  }
  return text;
}

/** An error of a representation is an error of every entity it stands for. */
function pushEntityErrors(
  run: Run,
  fetch: Fetch,
  path: Path,
  { positions }: Representations,
  errors: readonly ClientError[],
): void {
  const paths = pathsOfEntitiesAt(run.data, path);
  for (const error of errors) {
    const index = error.path?.[1];
    if (typeof index !== 'number') {
      // All of them failed together: the nearest place that is not one of several.
      const several = path.indexOf('@');
      const place = paths.length === 1 ? paths[0] : several === -1 ? path : path.slice(0, several);
      // Errors a subgraph gives without a path are of the operation as a whole.
      const hasPlace = error.path !== undefined || error.extensions?.code === 'SUBGRAPH_UNAVAILABLE';
      run.errors.push(downstreamError(error, fetch.subgraph, hasPlace ? place : undefined));
      continue;
    }
    for (const position of positions[index] ?? [])
      run.errors.push(
        downstreamError(error, fetch.subgraph, [...(paths[position] ?? []), ...error.path!.slice(2)]),
      );
  }
}

function downstreamError(error: ClientError, subgraph: string, path: Path | undefined): ClientError {
  const { extensions } = error;
  const code = extensions?.code;
  const message =
    typeof error.message === 'string' && error.message !== ''
      ? error.message
      : `Error while fetching subquery from service "${subgraph}"`;
  const reported = { ...extensions, serviceName: subgraph };
  if (code !== undefined) return { message, ...(path && { path }), extensions: reported };
  return clientError('DOWNSTREAM_SERVICE_ERROR', message, { ...(path && { path }), extensions: reported });
}
