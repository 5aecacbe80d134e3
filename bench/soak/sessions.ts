import type { Client } from './client.ts';

const CREATE = `mutation Create($input: CreatePlaybackSessionInput!) {
  createPlaybackSession(input: $input) {
    __typename
    ... on PlaybackSessionCreated { session { id status } playbackToken }
  }
}`;
const HEARTBEAT = `mutation Beat($id: ID!, $at: Float!) {
  playbackHeartbeat(sessionId: $id, positionSeconds: $at) { session { id status } }
}`;
const PAUSE = 'mutation Pause($id: ID!) { pausePlayback(sessionId: $id) { session { status } } }';
const RESUME = 'mutation Resume($id: ID!) { resumePlayback(sessionId: $id) { session { status } } }';
const REFRESH = 'mutation Refresh($token: String!) { refreshPlaybackToken(token: $token) { playbackToken } }';
const STOP = 'mutation Stop($id: ID!) { stopPlayback(sessionId: $id) { session { status } } }';

/** The n-th playback session through the gateway, from its creation to its stop. */
export async function playSession(client: Client, catalogIds: readonly string[], n: number): Promise<void> {
  const input = {
    profileId: `profile-${n % 5}`,
    catalogId: catalogIds[n % catalogIds.length],
    deviceId: `device-${n}`,
  };
  const { createPlaybackSession: created } = await client.graphql<{
    createPlaybackSession: { __typename: string; session?: { id: string }; playbackToken: string };
  }>(CREATE, { input });
  if (!created.session) throw new Error(`no session was created: ${JSON.stringify(created)}`);
  const { id } = created.session;
  for (let beat = 1; beat <= 4; beat += 1) await client.graphql(HEARTBEAT, { id, at: beat * 5 });
  await client.graphql(PAUSE, { id });
  await client.graphql(RESUME, { id });
  await client.graphql(REFRESH, { token: created.playbackToken });
  await client.graphql(STOP, { id });
}
