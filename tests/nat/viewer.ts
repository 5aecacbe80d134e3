/**
 * A viewer behind a NAT, run by `platform.test.ts` inside a namespace: waits until a film is available, opens a session at the
 * gateway, plays the whole film from its peer and prints what came, and by which candidates, as one JSON line.
 */
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { createViewerClient } from '@giggityflix/player';
import { nodeHashing } from '@giggityflix/player/node';
import { DATA_CHANNEL_LABEL } from '@giggityflix/proto/data-channel';
import { createGraphQLClient } from '@giggityflix/testing/processes';
import wrtc from '@roamhq/wrtc';
import { settledPair } from './selected-pair.ts';

const [origin = '', catalogId = '', deviceId = ''] = process.argv.slice(2);
const graphql = createGraphQLClient(origin);

async function ask(operation: string, variables: object): Promise<Record<string, never>> {
  const { data, errors } = await graphql.request(operation, { ...variables });
  if (errors) throw new Error(`${operation}: ${JSON.stringify(errors)}`);
  return data;
}

/** The peer may still be scanning, and the platform still starting. */
async function openSession() {
  const input = { profileId: 'main', catalogId, deviceId };
  for (;;) {
    const answer = await graphql.request('CreatePlaybackSession', { input }).catch(() => null);
    const created = answer?.data?.createPlaybackSession;
    if (created?.__typename === 'PlaybackSessionCreated') return created;
    await setTimeout(200);
  }
}

const { session, playbackToken, iceServers } = await openSession();
const sessionId = session.id as string;
const connection = new wrtc.RTCPeerConnection({ iceServers });
const channel = connection.createDataChannel(DATA_CHANNEL_LABEL);
channel.binaryType = 'arraybuffer';
const client = createViewerClient({
  catalogId,
  hashing: nodeHashing,
  send: (text) => channel.send(text),
});
channel.onmessage = ({ data }: { data: string | ArrayBuffer }) =>
  client.receive(typeof data === 'string' ? data : new Uint8Array(data));
const open = new Promise<void>((resolve) => {
  channel.onopen = () => resolve();
});

let sending: Promise<unknown> = Promise.resolve();
const signal = (what: object) => {
  sending = sending.then(() => ask('SendPlaybackSignal', { sessionId, signal: what }));
};
const { events } = await graphql.subscribe('PlaybackSignals', { sessionId });
const offer = await connection.createOffer();
signal({ offer: { type: 'offer', sdp: offer.sdp } });
connection.onicecandidate = ({ candidate }: { candidate: { candidate: string; sdpMid: string } | null }) => {
  if (candidate?.candidate) signal({ candidate });
};
await connection.setLocalDescription(offer);
void takeSignals();
await open;

const { sizeBytes } = await client.open({ token: playbackToken, rendition: 'original', startSeconds: 0 });
const film = createHash('sha256');
let bytes = 0;
for await (const { data } of client.read(0, sizeBytes as number)) {
  film.update(data);
  bytes += data.byteLength;
}
const pair = await settledPair(connection);
await ask('StopPlayback', { sessionId });
process.stdout.write(`${JSON.stringify({ bytes, sha256: film.digest('hex'), ...pair })}\n`);
process.exit(0);

/** Takes the peer's signals in order; candidates come behind the answer, or wait for it. */
async function takeSignals(): Promise<void> {
  const early: object[] = [];
  for (let taken = 0; ; ) {
    const event = events[taken]?.data?.playbackSignals;
    if (!event) {
      await setTimeout(20);
      continue;
    }
    taken += 1;
    const { __typename: kind, ...facts } = event;
    if (kind === 'PeerLost') throw new Error('the peer went away');
    if (kind === 'SessionDescription') {
      await connection.setRemoteDescription(facts);
      for (const candidate of early.splice(0)) await connection.addIceCandidate(candidate);
    } else if (connection.remoteDescription) await connection.addIceCandidate(facts);
    else early.push(facts);
  }
}
