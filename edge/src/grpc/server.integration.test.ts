import { createRequire } from 'node:module';
import {
  type Client,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath as healthProtoPath } from 'grpc-health-check';
import { describe, expect, it } from 'vitest';
import { startEdge, testConfig } from '../../testing/edge.ts';
import { createTestPeer } from '../../testing/peer.ts';

type Unary = (request: object, callback: (error: Error | null, response: unknown) => void) => void;

function clientOf(protoPath: string, service: string, port: number): Client & Record<string, Unary> {
  const loaded = loadPackageDefinition(loadSync(protoPath, { enums: String }));
  const ServiceClient = service
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], loaded) as ServiceClientConstructor;
  return new ServiceClient(`localhost:${port}`, credentials.createInsecure()) as unknown as Client &
    Record<string, Unary>;
}

describe('the gRPC listener', () => {
  it('answers health checks', async () => {
    await using edge = await startEdge();
    const client = clientOf(healthProtoPath, 'grpc.health.v1.Health', edge.port);
    const check = (service: string) =>
      new Promise((resolve, reject) =>
        client.check!({ service }, (error, response) => (error ? reject(error) : resolve(response))),
      );
    expect(await check('')).toEqual({ status: 'SERVING' });
    expect(await check('giggityflix.edge.v1.PeerEdgeService')).toEqual({ status: 'SERVING' });
    await expect(check('nonsense')).rejects.toMatchObject({ code: status.NOT_FOUND });
    client.close();
  });

  it('describes by reflection what it serves', async () => {
    await using edge = await startEdge();
    const protoPath = createRequire(createRequire(import.meta.url).resolve('@grpc/reflection')).resolve(
      '../proto/grpc/reflection/v1/reflection.proto',
    );
    const client = clientOf(protoPath, 'grpc.reflection.v1.ServerReflection', edge.port);
    const ask = (request: object) =>
      new Promise<Record<string, { service?: { name: string }[]; fileDescriptorProto?: Buffer[] }>>(
        (resolve) => {
          const call = (
            client as unknown as Record<
              string,
              () => import('@grpc/grpc-js').ClientDuplexStream<object, never>
            >
          ).serverReflectionInfo!();
          call.on('data', (response) => {
            resolve(response);
            call.end();
          });
          call.write(request);
        },
      );
    const listed = await ask({ listServices: '' });
    expect(listed.listServicesResponse?.service?.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['giggityflix.edge.v1.PeerEdgeService', 'grpc.health.v1.Health']),
    );
    const described = await ask({ fileContainingSymbol: 'giggityflix.edge.v1.PeerEdgeService' });
    // The service's own file with those it imports: struct.proto and timestamp.proto.
    expect(described.fileDescriptorResponse?.fileDescriptorProto).toHaveLength(3);
    client.close();
  });

  it('names the address it cannot listen on', async () => {
    await using edge = await startEdge();
    const grpc = { ...testConfig.grpc, address: `127.0.0.1:${edge.port}` };
    await expect(startEdge({ grpc })).rejects.toThrow(new RegExp(`127.0.0.1:${edge.port}`));
  });

  it('takes a message at the size limit and refuses one over it', async () => {
    await using edge = await startEdge();
    const peer = createTestPeer(edge);
    await peer.register();
    const name = (bytes: number) => ({
      $case: 'playbackSignal' as const,
      value: {
        sessionId: 's',
        catalogId: Buffer.alloc(0),
        iceServers: [],
        signal: { $case: 'description' as const, value: { type: 'answer', sdp: 'x'.repeat(bytes) } },
      },
    });
    // 20 bytes are tags and lengths around the text.
    peer.send(name(524_288 - 31), 1);
    expect(await peer.next('refusal')).toMatchObject({ sequence: 1 });
    peer.send(name(524_288), 2);
    expect(await peer.ended).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    await expect.poll(() => edge.bus.values('peer.connection.closed')).toHaveLength(1);
  });
});
