import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { offerChannel, type Signal } from '../../testing/channel.ts';
import { createLibdatachannelConnection } from './rtc.libdatachannel.ts';
import type { RtcChannel, RtcConnection } from './rtc.ts';

const VIEWERS = 40;

/** Connects a viewer to a peer, and gives both ends. */
async function visit() {
  const { promise: accepted, resolve: accept } = Promise.withResolvers<RtcChannel>();
  let toViewer = (_signal: Signal) => {};
  const peer: RtcConnection = createLibdatachannelConnection([], {
    candidate: ({ candidate, sdpMid }) =>
      toViewer({ $case: 'candidate', value: { candidate, sdpMid: sdpMid ?? undefined } }),
    state() {},
    channel: accept,
  });
  const viewer = offerChannel(
    { label: 'film' },
    {
      listen(listener) {
        toViewer = listener;
      },
      send(signal) {
        if (signal?.$case === 'candidate')
          void peer.addCandidate({ candidate: signal.value.candidate, sdpMid: '0', sdpMLineIndex: 0 });
        if (signal?.$case === 'description')
          void peer
            .answer(signal.value.sdp)
            .then((sdp) => toViewer({ $case: 'description', value: { type: 'answer', sdp } }));
      },
    },
  );
  const channel = await accepted;
  await viewer.opened;
  return { peer, viewer, channel };
}

it('gives what is sent in one breath, each message once and in order', async () => {
  const { peer, viewer, channel } = await visit();
  const heard: string[] = [];
  channel.onMessage((message) => heard.push(message as string));
  const said = Array.from({ length: 200 }, (_, index) => `message ${index}`);
  for (const message of said) viewer.channel.sendMessage(message);
  await expect.poll(() => heard).toEqual(said);
  peer.close();
});

it('reports when its buffer has emptied, and when there is nobody to empty it', async () => {
  const { peer, viewer, channel } = await visit();
  const message = new Uint8Array(65_536);
  for (let round = 0; round < 50; round += 1) {
    while (channel.bufferedAmount() < 1_000_000) channel.send(message);
    await channel.drained(round % 2 ? 100_000 : 900_000);
    expect(channel.bufferedAmount()).toBeLessThanOrEqual(round % 2 ? 100_000 : 900_000);
  }
  while (channel.bufferedAmount() < 1_000_000) channel.send(message);
  const drained = channel.drained(0);
  viewer.disconnect();
  await drained;
  peer.close();
});

it.runIf(process.platform === 'linux')('keeps nothing of viewers that left, whoever left first', async () => {
  const count = () => readdirSync('/proc/self/task').length + readdirSync('/proc/self/fd').length;
  const ends = await visit();
  const before = count();
  ends.peer.close();
  ends.viewer.disconnect();
  const come = async (_: unknown, visitor: number) => {
    const { peer, viewer, channel } = await visit();
    for (let sent = 0; sent < 8; sent += 1) channel.send(new Uint8Array(65_536));
    if (visitor % 3 === 0) channel.close();
    if (visitor % 2 === 0) peer.close();
    viewer.disconnect();
    await viewer.closed;
    peer.close();
  };
  await Promise.all(Array.from({ length: VIEWERS }, come));
  await expect.poll(count).toBeLessThanOrEqual(before);
});
