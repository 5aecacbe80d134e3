/** One of the servers that `bench/matchmaker.ts` measures, in a process of its own: its CPU time is all it spends. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { startMatchmaker } from '../../matchmaker/testing/matchmaker.ts';

const servers: Record<string, () => Promise<number>> = {
  async matchmaker() {
    const matchmaker = await startMatchmaker({
      // High enough never to apply, so that the limiters' work is measured all the same.
      MATCHMAKER_RATE_LIMIT_PER_SECOND: '100000000',
      MATCHMAKER_ADDRESS_RATE_LIMIT_PER_SECOND: '100000000',
    });
    return matchmaker.addresses()[0]!.port;
  },
  'json-echo': () => echo((datagram) => JSON.stringify(JSON.parse(datagram.toString()))),
  /** Sends to the one who asked and to one more. */
  'json-echo-two': async () => {
    const sink = createSocket('udp4');
    sink.bind(0, '127.0.0.1');
    await once(sink, 'listening');
    return echo((datagram) => JSON.stringify(JSON.parse(datagram.toString())), sink.address().port);
  },
  'byte-echo': () => echo((datagram) => datagram),
};

async function echo(answer: (datagram: Buffer) => Buffer | string, another?: number): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (datagram, { address, port }) => {
    const text = answer(datagram);
    socket.send(text, port, address);
    if (another) socket.send(text, another, '127.0.0.1');
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket.address().port;
}

process.on('disconnect', () => process.exit(0));
process.send?.({ port: await servers[process.argv[2] ?? '']!() });
