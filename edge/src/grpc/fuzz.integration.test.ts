import { randomBytes } from 'node:crypto';
import http2 from 'node:http2';
import net from 'node:net';
import { ConnectRequest, MediaDetails, MediaKind } from '@giggityflix/proto';
import {
  type Client,
  type ClientDuplexStream,
  credentials,
  makeGenericClientConstructor,
  status,
} from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashAnswer } from '../../testing/commands.ts';
import { type RunningEdge, startEdge, topics } from '../../testing/edge.ts';
import { createTestPeer, type TestPeer } from '../../testing/peer.ts';
import { translate } from '../announcements/translate.ts';
import { decodeFrame } from './wire.ts';

/** Frames in one run; `FUZZ_FRAMES=1000000` for the long one. */
const FRAMES = Number(process.env.FUZZ_FRAMES ?? 20_000);

const speaker = { peerId: 'p', edgeId: 'edge-1', connectionId: '018f0000-0000-7000-8000-000000000000' };
const id = Buffer.alloc(32, 1);
const EMPTY_DETAILS = MediaDetails.create();
const samples: ConnectRequest['message'][] = [
  { $case: 'heartbeat', value: { sentAt: { seconds: 1, nanos: 2 } as never, activeStreams: 3 } },
  {
    $case: 'catalogUpdate',
    value: { full: true, catalogIds: [id, id], removedCatalogIds: [id], updateId: 'u', final: true },
  },
  {
    $case: 'mediaDescription',
    value: {
      catalogId: id,
      name: 'a.mp4',
      sizeBytes: 1,
      hashes: { md5: 'd41d8cd98f00b204e9800998ecf8427e' },
      container: 'mp4',
      mimeType: 'video/mp4',
      videoCodec: 'h264',
      audioCodec: 'aac',
      durationSeconds: 1,
      width: 2,
      height: 3,
      language: 'en',
      title: 'A',
      year: 2_000,
      season: 1,
      episode: 2,
      kind: MediaKind.MEDIA_KIND_EPISODE,
      chapters: [{ startSeconds: 0, endSeconds: 1, title: 'c' }],
      tracks: [{ kind: 2, codec: 'aac', language: 'deu', name: 'n', width: 0, height: 0, channels: 2 }],
      markers: [],
      folder: '',
      details: {
        ...EMPTY_DETAILS,
        plot: 'p',
        people: [{ name: 'n', role: 'r', job: 1 }],
        externalIds: [{ provider: 'imdb', value: 'tt0133093', ofShow: true }],
        lastEpisode: 3,
      },
    },
  },
  hashAnswer({ catalogId: id, result: { a: [1, { b: null }] } }),
  {
    $case: 'playbackSignal',
    value: {
      sessionId: 's',
      catalogId: id,
      signal: { $case: 'candidate', value: { candidate: 'c', sdpMid: '0', sdpMLineIndex: 0 } },
      iceServers: [{ urls: ['stun:x'], username: 'u', credential: 'c' }],
    },
  },
  {
    $case: 'artwork',
    value: {
      catalogId: id,
      index: 0,
      mimeType: 'image/png',
      width: 1,
      height: 1,
      atSeconds: 0,
      data: id,
      kind: 2,
    },
  },
];
const encoded = samples.map((message, index) =>
  Buffer.from(ConnectRequest.encode({ sequence: index, message }).finish()),
);

/** One valid message with a few bytes changed, cut off, repeated or put in. */
const mutated = fc
  .record({
    base: fc.nat(encoded.length - 1),
    edits: fc.array(fc.record({ at: fc.nat(400), byte: fc.nat(255), how: fc.nat(3), length: fc.nat(40) }), {
      minLength: 1,
      maxLength: 6,
    }),
  })
  .map(({ base, edits }) => {
    let bytes = Buffer.from(encoded[base]!);
    for (const { at, byte, how, length } of edits) {
      const index = at % (bytes.length + 1);
      if (how === 0 && index < bytes.length) bytes[index] = byte;
      else if (how === 1) bytes = bytes.subarray(0, index);
      else if (how === 2) bytes = Buffer.concat([bytes, bytes.subarray(index, index + length)]);
      else
        bytes = Buffer.concat([bytes.subarray(0, index), Buffer.alloc(length, byte), bytes.subarray(index)]);
    }
    return bytes;
  });

describe('mutated messages', () => {
  it('decode to a message or a problem, and become an event the bus takes or a reason', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 }).map(Buffer.from)), (bytes) => {
        const frame = decodeFrame(bytes);
        if (!frame.ok) {
          expect(frame.problem).toEqual(expect.any(String));
          return;
        }
        const { message } = frame.message;
        switch (message?.$case) {
          case 'catalogUpdate':
          case 'mediaDescription':
          case 'playbackSignal':
          case 'artwork': {
            const translation = translate(message, speaker, topics);
            if (!translation.ok) {
              expect(translation.reason.length).toBeGreaterThan(0);
              return;
            }
            const { topic, value, key } = translation.record;
            expect(key.length).toBeGreaterThan(0);
            expect(topic.schema.safeParse(JSON.parse(JSON.stringify(value))).success).toBe(true);
          }
        }
      }),
      { numRuns: FRAMES },
    );
  }, 600_000);
});

const RawClient = makeGenericClientConstructor(
  {
    connect: {
      path: '/giggityflix.edge.v1.PeerEdgeService/Connect',
      requestStream: true,
      responseStream: true,
      requestSerialize: (bytes: Buffer) => bytes,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    },
  },
  'raw',
);

describe('an edge under hostile input', () => {
  let edge: RunningEdge;
  let bystander: TestPeer;
  let sequence = 0;
  beforeAll(async () => {
    edge = await startEdge();
    bystander = createTestPeer(edge);
    await bystander.register();
  });
  afterAll(async () => {
    await bystander.leave();
    await edge[Symbol.asyncDispose]();
  });
  const bystanderIsFine = async () => {
    bystander.send({ $case: 'heartbeat', value: { sentAt: undefined, activeStreams: 0 } }, ++sequence);
    expect(await bystander.next('acknowledgement')).toEqual({ sequence });
  };

  it('ends a stream of random bytes with INVALID_ARGUMENT or FAILED_PRECONDITION', async () => {
    for (let round = 0; round < 50; round++) {
      const client = new RawClient(`localhost:${edge.port}`, credentials.createInsecure()) as Client &
        Record<string, () => ClientDuplexStream<Buffer, Buffer>>;
      const call = client.connect!();
      call.on('error', () => {});
      call.on('data', () => {});
      call.write(randomBytes(round * 7));
      const { code } = await new Promise<{ code: status }>((resolve) => call.on('status', resolve));
      expect([status.INVALID_ARGUMENT, status.FAILED_PRECONDITION]).toContain(code);
      client.close();
    }
    await bystanderIsFine();
  });

  it('ends registered peers that send mutated messages with the right status, or refuses the message', async () => {
    const frames = fc.sample(mutated, 400);
    let peer = createTestPeer(edge);
    await peer.register();
    for (const bytes of frames) {
      const frame = decodeFrame(bytes);
      if (!frame.ok || !frame.message.message) continue;
      peer.call.write(frame.message);
      if (peer.call.destroyed) {
        expect((await peer.ended).code).toBe(status.INVALID_ARGUMENT);
        peer = createTestPeer(edge);
        await peer.register();
      }
    }
    peer.vanish();
    await bystanderIsFine();
  });

  it('outlives bytes that are no HTTP/2, and frames that break its rules', async () => {
    for (const bytes of [randomBytes(5_000), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(0)]) {
      const socket = net.connect(edge.port, '127.0.0.1');
      socket.on('error', () => {});
      const closed = new Promise((resolve) => socket.on('close', resolve));
      socket.end(bytes);
      socket.resume();
      await closed;
    }
    const session = http2.connect(`http://127.0.0.1:${edge.port}`);
    session.on('error', () => {});
    const request = session.request({
      ':method': 'POST',
      ':path': '/giggityflix.edge.v1.PeerEdgeService/Connect',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    request.on('error', () => {});
    // A length prefix of 4 GB with nothing behind it.
    request.write(Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]));
    const trailers = new Promise<http2.IncomingHttpHeaders>((resolve) => request.on('trailers', resolve));
    request.resume();
    expect((await trailers)['grpc-status']).toBe(String(status.RESOURCE_EXHAUSTED));
    session.destroy();
    await bystanderIsFine();
  });

  it('keeps nothing of streams that ended without registering', async () => {
    const peers = Array.from({ length: 100 }, () => createTestPeer(edge));
    await Promise.all(peers.map((peer) => peer.next('challenge')));
    for (const peer of peers) peer.vanish();
    await expect
      .poll(async () => (await edge.metrics.getSingleMetric('edge_connections')?.get())?.values)
      .toEqual(
        expect.arrayContaining([
          { labels: { state: 'registering' }, value: 0 },
          { labels: { state: 'registered' }, value: 1 },
        ]),
      );
    await bystanderIsFine();
  });
});
