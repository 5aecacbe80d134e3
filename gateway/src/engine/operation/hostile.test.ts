import { readFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../../graph/compose.ts';
import { buildGraph } from '../../graph/graph.ts';
import { automaticDocuments } from './persisted.ts';
import { createOperationStore, type OperationStore } from './prepare.ts';
import { type Resolution, resolveRequest } from './resolve.ts';

/** Calls of functions one hostile request may cost: twice what the costliest here does. */
const MAX_CALLS = 100_000;

let operations: OperationStore;
beforeAll(async () => {
  const sources = ['catalog', 'tracker', 'viewing'].map((name) => {
    const path = join(import.meta.dirname, `../../../../subgraphs/${name}/schema.graphql`);
    return { name, url: `http://${name}`, sdl: readFileSync(path, 'utf8'), origin: path };
  });
  const composition = await compose(sources);
  if (!composition.ok) throw new Error(composition.problems.join('\n'));
  const limits = { tokens: 2_000, depth: 16, aliases: 30, selections: 5_000 };
  operations = createOperationStore(buildGraph(composition.sdl), { limits, introspection: true });
  // What loads on first use is not the request's cost.
  resolve({ query: '{ titles(first: 1) { totalCount } }' });
});

/** How many calls of JavaScript functions some work makes: its cost, whatever the machine does meanwhile. */
function callsOf(work: () => void): number {
  const session = new Session();
  session.connect();
  let counted: Profiler.ScriptCoverage[] = [];
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  work();
  session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
    counted = result;
  });
  session.post('Profiler.stopPreciseCoverage');
  session.disconnect();
  return counted
    .flatMap(({ functions }) => functions.map(({ ranges }) => ranges[0]?.count ?? 0))
    .reduce((sum, count) => sum + count, 0);
}

function resolve(params: object, maxCost = 20_000) {
  const requester = {
    identity: null,
    key: '',
    context: { authorization: undefined, requestId: '', traceparent: undefined },
  };
  const resolution = resolveRequest(params, requester, {
    documents: automaticDocuments(),
    operations,
    policies: () => new Set<string>(),
    onUnauthorized: 'filter',
    onFailure: () => {},
    maxCost,
  });
  if (resolution instanceof Promise) throw new Error('nothing of this takes time');
  return resolution;
}

const bomb = `query { ...F0 } ${Array.from(
  { length: 60 },
  (_value, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`,
).join(' ')} fragment F60 on Query { __typename }`;
const hollow = `subscription { ...F0 } ${Array.from(
  { length: 60 },
  (_value, n) => `fragment F${n} on Subscription { ...F${n + 1} ...F${n + 1} }`,
).join(' ')}`;
let nested: unknown = 'x';
for (let n = 0; n < 5_000; n++) nested = [nested];
const titles =
  'query($first: Int!, $filter: TitleFilter) { titles(first: $first, filter: $filter) { totalCount } }';

const HOSTILE: [string, object][] = [
  ['10,000 levels deep', { query: `${'{a'.repeat(10_000)}${'}'.repeat(10_000)}` }],
  ['20 levels deep', { query: `{title(id:"1"){${'files{title{'.repeat(10)}id${'}'.repeat(20)}}}` }],
  [
    'a megabyte of aliases',
    { query: `{${Array.from({ length: 60_000 }, (_v, n) => `a${n}:__typename`).join(' ')}}` },
  ],
  [
    'a hundred aliases',
    { query: `{${Array.from({ length: 100 }, (_v, n) => `a${n}:__typename`).join(' ')}}` },
  ],
  ['one field a thousand times', { query: `{${'__typename '.repeat(1_000)}}` }],
  ['one field in 450 inline fragments', { query: `{${'... {__typename} '.repeat(450)}}` }],
  [
    'fragments whose fields merge',
    {
      query: `{${'...F '.repeat(30)}} fragment F on Query {${'...G '.repeat(30)}} fragment G on Query {${'__typename '.repeat(30)}}`,
    },
  ],
  ['fragments in a circle', { query: '{...A} fragment A on Query {...B} fragment B on Query {...A}' }],
  ['a fragment that spreads itself', { query: '{...A} fragment A on Query {__typename ...A}' }],
  ['fragments that double 60 times', { query: bomb }],
  ['fragments that double and select nothing', { query: hollow }],
  [
    'a subscription whose root depends on a variable',
    {
      query:
        'subscription($on: Boolean!) { catalogSubscriptionMatched @include(if: $on) { catalogId } } query Q { __typename }',
      operationName: 'Q',
    },
  ],
  [
    'the same inside a fragment',
    {
      query:
        'subscription($on: Boolean!) { ...F } fragment F on Subscription { ... @skip(if: $on) { catalogSubscriptionMatched { catalogId } } }',
    },
  ],
  ['a document that is null', { query: null }],
  ['variables thousands of levels deep', { query: titles, variables: { first: 1, filter: nested } }],
  [
    'variables of the wrong shape',
    { query: titles, variables: { first: Array.from({ length: 20_000 }, () => 'x') } },
  ],
  ['variables that are a list', { query: titles, variables: [] }],
  ['a null byte', { query: '{ titles(first: 1) { total\u0000Count } }' }],
  ['the name __proto__', { query: '{ __proto__: __typename }' }],
  [
    'a variable called __proto__',
    { query: 'query($__proto__: Int!) { titles(first: $__proto__) { totalCount } }' },
  ],
  ['a page of a million', { query: titles, variables: { first: 1_000_000 } }],
  ['pages in pages', { query: '{ peers(first: 100000) { edges { node { id } } } }' }],
  ['directives in numbers', { query: `{ __typename ${'@skip(if: false)'.repeat(500)} }` }],
  ['a document that is a number', { query: 7 }],
  ['a document of nothing', { query: '' }],
  ['unterminated text', { query: '{ title(id: "' }],
  ['block text without end', { query: `{ title(id: """${'x'.repeat(50_000)}` }],
];

describe('hostile operations', () => {
  it.each(HOSTILE)('%s: refused cheaply', (_name, params) => {
    let resolution = { ok: true } as Resolution;
    const calls = callsOf(() => {
      resolution = resolve(params);
    });
    expect(resolution.ok).toBe(false);
    if (!resolution.ok) expect(resolution.errors[0]?.extensions?.code).toMatch(/^[A-Z_]+$/);
    expect(calls).toBeLessThan(MAX_CALLS);
  });

  it('a refusal is remembered for nobody else’s document', () => {
    const document = '# Titles\n{ titles(first: 1) { totalCount } }';
    expect(resolve({ query: document.slice(9), operationName: '# Titles' }).ok).toBe(false);
    expect(resolve({ query: document }).ok).toBe(true);
  });

  it('names every JavaScript object inherits are ordinary names', () => {
    expect(resolve({ query: '{ constructor: __typename toString: __typename }' }).ok).toBe(true);
    expect(resolve({ query: '{ __typename }', operationName: 'constructor' }).ok).toBe(false);
  });
});
