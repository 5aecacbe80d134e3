import { afterEach, describe, expect, it, vi } from 'vitest';
import { answering } from '../../../testing/corpus/answering.ts';
import { corpusSubgraph } from '../../../testing/corpus/supergraph.ts';
import { createOperationStore } from './prepare.ts';

const limits = { tokens: 1_000, depth: 50, aliases: 100, selections: 1_000 };

it.each([
  ['subscription { n }', 'the schema has no subscriptions'],
  ['mutation { n }', 'the schema has no mutations'],
])('%s is refused for what it is', async (query, message) => {
  const only = corpusSubgraph('only', 'type Query { n: Int }', { Query: { n: () => 1 } });
  const { graph } = await answering({ subgraphs: [only] });
  const preparation = createOperationStore(graph, { limits, introspection: true }).prepare(query, undefined);
  expect(preparation).toMatchObject({
    ok: false,
    errors: [{ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
  });
});

describe('a field that moves by and by', () => {
  afterEach(() => void vi.restoreAllMocks());
  const graphOf = (label: string) => {
    const type = 'type Thing @key(fields: "id")';
    const before = corpusSubgraph('before', `type Query { thing: Thing } ${type} { id: ID! place: String }`, {
      Query: { thing: () => ({ id: '1', place: 'before' }) },
    });
    const after = corpusSubgraph(
      'after',
      `${type} { id: ID! place: String @override(from: "before", label: "${label}") }`,
      { Thing: { __resolveReference: () => ({ id: '1', place: 'after' }) } },
    );
    return answering({ subgraphs: [before, after] });
  };

  it('is asked of the new subgraph in the share of requests its label says', async () => {
    const { answer } = await graphOf('percent(25)');
    const places = async (chance: number, executor: 'lean' | 'apollo') => {
      vi.spyOn(Math, 'random').mockReturnValue(chance);
      return answer({ query: '{ thing { place } }' }, executor);
    };
    for (const executor of ['lean', 'apollo'] as const) {
      expect(await places(0, executor)).toEqual({ data: { thing: { place: 'after' } } });
      expect(await places(0.2499, executor)).toEqual({ data: { thing: { place: 'after' } } });
      expect(await places(0.25, executor)).toEqual({ data: { thing: { place: 'before' } } });
      expect(await places(0.9999, executor)).toEqual({ data: { thing: { place: 'before' } } });
    }
  });

  it('stays where it was when its label is not known, which is reported', async () => {
    const { answer, graph } = await graphOf('beta');
    expect(await answer({ query: '{ thing { place } }' })).toEqual({ data: { thing: { place: 'before' } } });
    expect(graph.overrides.unknown).toEqual(['beta']);
  });
});
