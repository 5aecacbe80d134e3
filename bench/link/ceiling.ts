import { createSocket } from 'node:dgram';
import type { Emulator } from './start.ts';

const DATAGRAM_BYTES = 1_200;
const IN_FLIGHT = 48;
const SECONDS = 1;

/** What the emulator carries at most, one way, in MB/s: datagrams of the size WebRTC sends, with no delay and no loss. */
export async function measureCeiling(emulator: Emulator): Promise<number> {
  const sender = createSocket('udp4');
  const receiver = createSocket('udp4');
  for (const socket of [sender, receiver])
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const link = await emulator.openUdp(
    { roundTripMs: 0 },
    { near: sender.address().port, far: receiver.address().port },
  );
  await new Promise<void>((resolve) => sender.connect(link.near, '127.0.0.1', resolve));
  const datagram = new Uint8Array(DATAGRAM_BYTES);
  let bytes = 0;
  receiver.on('message', ({ byteLength }) => {
    bytes += byteLength;
    sender.send(datagram);
  });
  const startedAt = performance.now();
  for (let i = 0; i < IN_FLIGHT; i += 1) sender.send(datagram);
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
  const rate = bytes / 1e6 / ((performance.now() - startedAt) / 1_000);
  link.close();
  sender.close();
  receiver.close();
  return rate;
}
