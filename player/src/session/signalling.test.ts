import { expect, it } from 'vitest';
import type { GraphQLClient } from '../ports/graphql.ts';
import { createSignalling } from './signalling.ts';

function setUp() {
  const left: unknown[] = [];
  const graphql: GraphQLClient = {
    async request<T>(query: string, variables: Record<string, unknown> = {}) {
      if (query.includes('leavePlaybackSource')) left.push(variables);
      return { sendPlaybackSignal: { accepted: true } } as T;
    },
    subscribe: () => () => {},
  };
  return { left, signalling: createSignalling(graphql, 'session-1') };
}

const offer = { offer: { type: 'offer', sdp: 'v=0' } } as const;

it('blames the peer that an offer went to, until there is another offer to the source', async () => {
  const { left, signalling } = setUp();
  const [first, second, other] = [signalling.source(0), signalling.source(0), signalling.source(1)];
  first.blame('NOT_PROVEN');
  await first.send(offer);
  await other.send(offer);
  first.blame('NOT_PROVEN');
  await expect.poll(() => left).toEqual([{ sessionId: 'session-1', source: 0, problem: 'NOT_PROVEN' }]);
  await second.send(offer);
  first.blame('NOT_PROVEN');
  second.blame('NOT_PROVEN');
  await expect.poll(() => left).toHaveLength(2);
});
