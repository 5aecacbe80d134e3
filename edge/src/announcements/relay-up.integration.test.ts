import {
  ArtworkKind,
  CommandType,
  MarkerKind,
  MediaDetails,
  MediaKind,
  PersonJob,
  TrackKind,
} from '@giggityflix/proto';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashAnswer } from '../../testing/commands.ts';
import { type RunningEdge, startEdge } from '../../testing/edge.ts';
import { createTestPeer, type TestPeer } from '../../testing/peer.ts';
import { MAX_IN_FLIGHT_MESSAGES } from './limits.ts';

const ID = 'ab'.repeat(32);
const rawId = Buffer.from(ID, 'hex');

let edge: RunningEdge;
let peer: TestPeer;
let connectionId: string;

beforeEach(async () => {
  edge = await startEdge();
  peer = createTestPeer(edge);
  ({ connectionId } = await peer.register());
});
afterEach(async () => {
  edge.bus.fail(null);
  edge.bus.stall(false);
  peer.vanish();
  await edge[Symbol.asyncDispose]();
});

const update = (changes = {}) => ({
  $case: 'catalogUpdate' as const,
  value: { full: true, catalogIds: [rawId], removedCatalogIds: [], updateId: '', final: true, ...changes },
});
const description = {
  catalogId: rawId,
  name: 'Film 🎬.mp4',
  sizeBytes: 5_000_000_000,
  hashes: { md5: 'd41d8cd98f00b204e9800998ecf8427e' },
  container: 'mp4',
  mimeType: 'video/mp4',
  videoCodec: 'h264',
  audioCodec: '',
  durationSeconds: 61.5,
  width: 1_920,
  height: 1_080,
  language: '',
  title: 'Film',
  year: 0,
  season: 0,
  episode: undefined,
  kind: MediaKind.MEDIA_KIND_EPISODE,
  chapters: [
    { startSeconds: 0, endSeconds: 30.5, title: 'Opening' },
    { startSeconds: 30.5, endSeconds: 0, title: '' },
  ],
  tracks: [
    {
      kind: TrackKind.TRACK_KIND_AUDIO,
      codec: 'aac',
      language: 'deu',
      name: '',
      width: 0,
      height: 0,
      channels: 6,
    },
    { kind: 99 as TrackKind, codec: '?', language: '', name: '', width: 0, height: 0, channels: 0 },
  ],
  folder: 'Films/Kids',
  markers: [
    { kind: MarkerKind.MARKER_KIND_INTRO, startSeconds: 30, endSeconds: 60.5 },
    { kind: 99 as MarkerKind, startSeconds: 0, endSeconds: 1 },
  ],
  details: {
    ...MediaDetails.create(),
    plot: 'Long ago',
    people: [
      { name: 'A', role: '', job: PersonJob.PERSON_JOB_ACTOR },
      { name: 'B', role: '', job: 99 as PersonJob },
    ],
    externalIds: [{ provider: 'imdb', value: 'tt0133093', ofShow: false }],
    lastEpisode: 0,
  },
};

describe('a message of a peer', () => {
  it('becomes a catalog update', async () => {
    peer.send(update({ removedCatalogIds: [Buffer.alloc(32)], full: false }), 7);
    expect(await peer.next('acknowledgement')).toEqual({ sequence: 7 });
    expect(edge.bus.values('peer.catalog.updated')).toEqual([
      {
        peer_id: peer.peerId,
        edge_id: 'edge-1',
        connection_id: connectionId,
        catalog_ids: [ID],
        removed_catalog_ids: ['00'.repeat(32)],
        is_full_update: false,
        final: true,
        timestamp: expect.any(String),
      },
    ]);
  });

  it('keeps the parts of a large update apart', async () => {
    peer.send(update({ updateId: 'u1', final: false }), 1);
    await peer.next('acknowledgement');
    expect(edge.bus.values('peer.catalog.updated')[0]).toMatchObject({ update_id: 'u1', final: false });
  });

  it('becomes a media description, with null for what the peer did not find out', async () => {
    peer.send({ $case: 'mediaDescription', value: description }, 1);
    await peer.next('acknowledgement');
    const record = edge.bus.published.find(({ topic }) => topic.type === 'peer.media.described');
    expect(record?.key).toBe(ID);
    expect(record?.value).toMatchObject({
      peer_id: peer.peerId,
      catalog_id: ID,
      name: 'Film 🎬.mp4',
      size_bytes: 5_000_000_000,
      audio_codec: null,
      year: null,
      season: 0,
      episode: null,
      kind: 'EPISODE',
      chapters: [
        { start_seconds: 0, end_seconds: 30.5, title: 'Opening' },
        { start_seconds: 30.5, end_seconds: null, title: null },
      ],
      tracks: [{ kind: 'AUDIO', codec: 'aac', language: 'deu', name: null, channels: 6 }],
      folder: 'Films/Kids',
      markers: [{ kind: 'INTRO', start_seconds: 30, end_seconds: 60.5 }],
      details: {
        plot: 'Long ago',
        tagline: null,
        people: [{ name: 'A', role: null, job: 'ACTOR' }],
        external_ids: [{ provider: 'imdb', value: 'tt0133093', of_show: false }],
        last_episode: 0,
        extra_of: null,
      },
    });
  });

  it('becomes artwork', async () => {
    const data = Buffer.alloc(384 * 1_024, 1);
    const value = {
      catalogId: rawId,
      index: 1,
      mimeType: 'image/jpeg',
      width: 640,
      height: 360,
      atSeconds: 3,
      data,
      kind: ArtworkKind.ARTWORK_KIND_POSTER,
    };
    peer.send({ $case: 'artwork', value }, 1);
    await peer.next('acknowledgement');
    expect(edge.bus.values('peer.artwork.captured')[0]).toMatchObject({
      catalog_id: ID,
      data: data.toString('base64'),
      kind: 'POSTER',
    });
  });

  it('becomes a playback signal, keyed by its session', async () => {
    const description = { type: 'answer', sdp: 'v=0\r\n' };
    peer.send({
      $case: 'playbackSignal',
      value: {
        sessionId: 's-1',
        catalogId: Buffer.alloc(0),
        iceServers: [],
        signal: { $case: 'description', value: description },
      },
    });
    await expect.poll(() => edge.bus.values('peer.playback.signals')).toHaveLength(1);
    expect(edge.bus.published.at(-1)).toMatchObject({
      key: 's-1',
      value: { session_id: 's-1', peer_id: peer.peerId, signal: { kind: 'description', description } },
    });
  });

  it.each([
    ['a catalog id of 31 bytes', update({ catalogIds: [Buffer.alloc(31)] })],
    [
      'a name that is too long',
      { $case: 'mediaDescription' as const, value: { ...description, name: 'x'.repeat(1_025) } },
    ],
    ['an empty file', { $case: 'mediaDescription' as const, value: { ...description, sizeBytes: 0 } }],
    ['an answer of no type', hashAnswer({ type: CommandType.COMMAND_TYPE_UNSPECIFIED })],
  ])('is refused with the reason when it is %s, and the connection stays open', async (_what, message) => {
    peer.send(message, 1);
    expect(await peer.next('refusal')).toMatchObject({ sequence: 1, reason: expect.stringMatching(/.{10}/) });
    expect(await peer.next('acknowledgement')).toEqual({ sequence: 1 });
    peer.send(update(), 2);
    expect(await peer.next('acknowledgement')).toEqual({ sequence: 2 });
    expect(edge.bus.values('peer.media.described')).toEqual([]);
    expect(edge.bus.values('peer.catalog.updated')).toHaveLength(1);
  });

  it('ends the connection when it nests without end', async () => {
    peer.send(nestedAnswer(), 1);
    expect(await peer.ended).toMatchObject({ code: 3, details: expect.stringContaining('recursion') });
  });

  it('ends the connection when its sequence goes back', async () => {
    peer.send(update(), 5);
    await peer.next('acknowledgement');
    peer.send(update(), 5);
    expect(await peer.ended).toMatchObject({ code: 3, details: 'sequence 5 does not follow 5' });
    await expect
      .poll(() => edge.bus.values('peer.connection.closed'))
      .toMatchObject([{ reason: 'protocol_violation' }]);
  });
});

describe('acknowledgement', () => {
  it('waits for the bus, covers everything before it, and follows the order of the peer', async () => {
    edge.bus.stall(true);
    for (let sequence = 1; sequence <= 50; sequence++)
      peer.send(update({ updateId: `u${sequence}` }), sequence);
    await expect.poll(() => edge.bus.calls()).toBe(2);
    expect(peer.received.filter(({ $case }) => $case === 'acknowledgement')).toEqual([]);
    edge.bus.stall(false);
    const acknowledged = [];
    do acknowledged.push((await peer.next('acknowledgement')).sequence);
    while (acknowledged.at(-1) !== 50);
    expect(acknowledged).toEqual([...acknowledged].sort((a, b) => a - b));
    expect(edge.bus.values('peer.catalog.updated').map(({ update_id }) => update_id)).toEqual(
      Array.from({ length: 50 }, (_, index) => `u${index + 1}`),
    );
  });

  it('comes in order although the bus fails in between', async () => {
    edge.bus.fail('no broker');
    for (let sequence = 1; sequence <= 20; sequence++)
      peer.send(update({ updateId: `u${sequence}` }), sequence);
    await expect.poll(() => edge.bus.calls()).toBeGreaterThan(2);
    expect(peer.received.some(({ $case }) => $case === 'acknowledgement')).toBe(false);
    edge.bus.fail(null);
    let last = 0;
    while (last !== 20) last = (await peer.next('acknowledgement')).sequence;
    expect(edge.bus.values('peer.catalog.updated')).toHaveLength(20);
  });
});

describe('a slow bus', () => {
  it('stops the edge from reading, and what was held back comes through afterwards', async () => {
    const total = MAX_IN_FLIGHT_MESSAGES * 6;
    edge.bus.stall(true);
    for (let sequence = 1; sequence <= total; sequence++)
      peer.send(update({ updateId: `u${sequence}`, catalogIds: Array(100).fill(rawId) }), sequence);
    await expect.poll(() => gauge('edge_held_streams')).toBe(1);
    const held = (await gauge('edge_held_bytes')) as number;
    expect(held).toBeLessThan(3 * 1_024 * 1_024);
    edge.bus.stall(false);
    let last = 0;
    while (last !== total) last = (await peer.next('acknowledgement')).sequence;
    expect(await gauge('edge_held_streams')).toBe(0);
    expect(edge.bus.values('peer.catalog.updated')).toHaveLength(total);
  });

  it('does not make a peer that is held back time out', async () => {
    await using strict = await startEdge({ peerTimeoutMs: 150, heartbeatIntervalMs: 50 });
    const total = MAX_IN_FLIGHT_MESSAGES + 50;
    const [busy, idle] = [createTestPeer(strict), createTestPeer(strict)];
    await Promise.all([busy.register(), idle.register()]);
    strict.bus.stall(true);
    for (let sequence = 1; sequence <= total; sequence++) busy.send(update(), sequence);
    await expect.poll(() => gauge('edge_held_streams', strict)).toBe(1);
    // The last message of this peer is later than those of the other, so the other would have timed out by then.
    idle.send({ $case: 'heartbeat', value: { sentAt: undefined, activeStreams: 0 } });
    expect(await idle.ended).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    strict.bus.stall(false);
    let last = 0;
    while (last !== total) last = (await busy.next('acknowledgement')).sequence;
    expect(await busy.leave()).toMatchObject({ code: status.OK });
  });
});

async function gauge(name: string, of = edge): Promise<number | undefined> {
  const metric = await of.metrics.getSingleMetric(name)?.get();
  return metric?.values[0]?.value;
}

function nestedAnswer() {
  let result: Record<string, unknown> = {};
  for (let depth = 0; depth < 200; depth++) result = { deeper: result };
  return hashAnswer({ result });
}
