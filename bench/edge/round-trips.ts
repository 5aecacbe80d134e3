import { on, resolveTopics } from '@giggityflix/bus';
import { CommandErrorCode, CommandType } from '@giggityflix/proto';
import { openBus } from './bus.ts';
import { connectPeer } from './peers.ts';
import { startServer } from './server-process.ts';

const COMMANDS = 1_000;

/** Command on the bus → peer → answer on the bus, through the embedded bus or Kafka: milliseconds of each. */
export async function roundTrips(bus: 'embedded' | 'kafka', busPath: string): Promise<number[]> {
  const server = await startServer('edge', bus, busPath);
  const topics = resolveTopics({});
  const client = await openBus(bus, busPath, 'bench');
  await client.start();
  const waiting = new Map<string, () => void>();
  await client.consume({
    groupId: `bench-${Date.now()}`,
    routes: [on(topics.fileHashResponses, ({ value }) => waiting.get(value.request_id)?.())],
  });
  const peer = await connectPeer(server.port);
  let sequence = 0;
  peer.onMessage = (received) => {
    if (received.$case !== 'command') return;
    const { requestId, catalogId } = received.value;
    const type = CommandType.COMMAND_TYPE_FILE_HASH;
    const value = {
      requestId,
      type,
      catalogId,
      success: true,
      error: '',
      errorCode: CommandErrorCode.COMMAND_ERROR_CODE_UNSPECIFIED,
      result: {},
    };
    peer.send({ $case: 'commandResponse', value }, ++sequence);
  };
  const samples: number[] = [];
  for (let count = 0; count < COMMANDS; count++) {
    const requestId = `r-${count}`;
    const started = performance.now();
    const answered = new Promise<void>((resolve) => waiting.set(requestId, resolve));
    await client.publish({
      topic: topics.edgeCommands('edge-1'),
      key: peer.peerId,
      value: {
        type: 'file_hash',
        request_id: requestId,
        peer_id: peer.peerId,
        expires_at: new Date(Date.now() + 60_000).toISOString(),
        parameters: { catalog_id: '00'.repeat(32) },
      },
    });
    await answered;
    waiting.delete(requestId);
    samples.push(performance.now() - started);
  }
  peer.close();
  await client.stop();
  await server.stop();
  return samples.slice(COMMANDS / 10);
}
