import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Answering, answering } from '../../../testing/corpus/answering.ts';
import { corpusSubgraph } from '../../../testing/corpus/supergraph.ts';
import { OWNER } from '../../../testing/identities.ts';
import { MAX_PARTS_MS } from '../../limits.ts';
import type { ReadyParts } from './executor.ts';

let setting: Answering;
let slow: PromiseWithResolvers<string>;

beforeEach(async () => {
  slow = Promise.withResolvers();
  const things = corpusSubgraph(
    'things',
    'type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! name: String }',
    { Query: { thing: () => ({ id: '1', name: 'one' }) } },
  );
  const quick = corpusSubgraph('quick', 'type Thing @key(fields: "id") { id: ID! quick: String }', {
    Thing: { __resolveReference: (given: object) => given, quick: () => 'quick' },
  });
  const slowly = corpusSubgraph('slowly', 'type Thing @key(fields: "id") { id: ID! slow: String }', {
    Thing: { __resolveReference: (given: object) => given, slow: () => slow.promise },
  });
  const after = corpusSubgraph(
    'after',
    'type Thing @key(fields: "id") { id: ID! slow: String @external late: String @requires(fields: "slow") }',
    { Thing: { __resolveReference: (given: object) => given, late: () => 'late' } },
  );
  setting = await answering({ subgraphs: [things, quick, slowly, after] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const QUERY = '{ thing { name ... @defer(label: "a") { quick } ... @defer(label: "b") { late } } }';

const errorsOf = ({ parts }: ReadyParts) =>
  parts.map(({ part, errors }) => [part.label, ...errors.map(({ extensions }) => extensions?.code)]);

const asked: string[] = [];
const isAsked = async (subgraph: string) => {
  asked.push(...setting.asked().map((one) => one.subgraph));
  return asked.includes(subgraph);
};

it('what is not there in time is neither waited for nor asked for any more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  asked.length = 0;
  const seen: ReadyParts[] = [];
  const answer = setting.answerInParts({ query: QUERY }, OWNER, (ready) => seen.push(ready));
  while (seen.length === 0 || !(await isAsked('slowly'))) await setImmediate();
  vi.advanceTimersByTime(MAX_PARTS_MS);
  const { next } = await answer;
  expect(next.map(errorsOf)).toEqual([[['a']], [['b', 'TIMEOUT']]]);
  expect(next.map(({ hasNext }) => hasNext)).toEqual([true, false]);
  slow.resolve('at last');
  for (let turn = 0; turn < 50; turn++) await setImmediate();
  expect(await isAsked('after')).toBe(false);
  expect(seen).toHaveLength(2);
});

it('nothing follows the last payload, not even what was ready by then', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const held: (() => void)[] = [];
  vi.spyOn(globalThis, 'setImmediate').mockImplementation(((
    act: (...given: unknown[]) => void,
    ...given: unknown[]
  ) => held.push(() => act(...given))) as never);
  const seen: ReadyParts[] = [];
  const answer = setting.answerInParts({ query: QUERY }, OWNER, (ready) => seen.push(ready));
  while (held.length === 0) await setImmediate();
  vi.advanceTimersByTime(MAX_PARTS_MS);
  await answer;
  for (const act of held) act();
  expect(seen.map(errorsOf)).toEqual([
    [
      ['a', 'TIMEOUT'],
      ['b', 'TIMEOUT'],
    ],
  ]);
});

it('a failure while parts are sent ends them, and is reported', async () => {
  let calls = 0;
  const seen: ReadyParts[] = [];
  const answer = setting.answerInParts({ query: QUERY }, OWNER, (ready) => {
    seen.push(ready);
    if (++calls === 1) throw new Error('it cannot be sent');
  });
  await expect(answer).rejects.toThrow('it cannot be sent');
  expect(seen.map(errorsOf)).toEqual([[['a']], [['b', 'INTERNAL_SERVER_ERROR']]]);
  expect(seen.at(-1)!.hasNext).toBe(false);
});
