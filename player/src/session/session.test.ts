import { expect, it } from 'vitest';
import { type GraphQLClient, GraphQLRequestError } from '../ports/graphql.ts';
import { createPlaybackSession } from './session.ts';

const created = {
  __typename: 'PlaybackSessionCreated',
  session: { id: 'session-1', positionSeconds: 0 },
  playbackToken: 'token',
  maxSources: 1,
  iceServers: [],
};

/** A server that refuses offers in requests for sessions with the code. */
function refusing(code: string | null) {
  const inputs: { offer?: unknown }[] = [];
  const graphql: GraphQLClient = {
    async request<T>(_query: string, variables: Record<string, unknown> = {}) {
      const input = variables.input as { offer?: unknown };
      inputs.push(input);
      if (input.offer && code) throw new GraphQLRequestError('no', code);
      return {
        createPlaybackSession: { ...created, ...(input.offer ? { offerAccepted: true, signals: [] } : {}) },
      } as T;
    },
    subscribe: () => () => {},
  };
  return { inputs, graphql };
}
const wanted = { catalogId: 'ab'.repeat(32), deviceId: 'tv' };

it('sends the offer along', async () => {
  const { graphql, inputs } = refusing(null);
  const session = await createPlaybackSession(graphql, { ...wanted, offer: 'v=0' });
  expect(session.offerAccepted).toBe(true);
  expect(inputs).toEqual([{ ...wanted, profileId: 'default', offer: { type: 'offer', sdp: 'v=0' } }]);
});

it('asks as it always did without an offer', async () => {
  const { graphql, inputs } = refusing('GRAPHQL_VALIDATION_FAILED');
  await createPlaybackSession(graphql, wanted);
  expect(inputs).toEqual([{ ...wanted, profileId: 'default' }]);
});

it.each(['GRAPHQL_VALIDATION_FAILED', 'PERSISTED_QUERY_NOT_IN_LIST', 'BAD_USER_INPUT'])(
  'creates the session without the offer where the server refuses it with %s',
  async (code) => {
    const { graphql, inputs } = refusing(code);
    const session = await createPlaybackSession(graphql, { ...wanted, offer: 'v=0' });
    expect(session.offerAccepted).toBeUndefined();
    expect(inputs.map(({ offer }) => offer !== undefined)).toEqual([true, false]);
  },
);

it.each(['NETWORK', 'UNAUTHENTICATED', 'SERVICE_UNAVAILABLE'])(
  'asks once when it is not for the offer: %s',
  async (code) => {
    const { graphql, inputs } = refusing(code);
    await expect(createPlaybackSession(graphql, { ...wanted, offer: 'v=0' })).rejects.toMatchObject({ code });
    expect(inputs).toHaveLength(1);
  },
);
