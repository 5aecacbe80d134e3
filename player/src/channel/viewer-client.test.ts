import { randomBytes } from 'node:crypto';
import {
  type AudioTrack,
  FRAGMENT_HEADER_SIZE,
  type PeerMessage,
  PIECE_SIZE,
  type ViewerMessage,
  writeFragmentHeader,
} from '@giggityflix/proto/data-channel';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeFilm } from '../../testing/film.ts';
import { nodeHashing } from '../node/hashing.ts';
import { createViewerClient, type ViewerClient } from './viewer-client.ts';

const FILE = randomBytes(3 * PIECE_SIZE - 1_000);
const WINDOW = 2 * PIECE_SIZE;

const { catalogId, bytesOf, proofOf } = describeFilm(FILE);

/** The test plays the peer, message by message. */
describe('the viewer client', () => {
  let client: ViewerClient;
  let sent: ViewerMessage[];

  const say = (message: PeerMessage) => client.receive(JSON.stringify(message));
  const fragment = (requestId: number, pieceIndex: number, offset: number, payload: Uint8Array) => {
    const message = new Uint8Array(FRAGMENT_HEADER_SIZE + payload.byteLength);
    writeFragmentHeader(message, { requestId, pieceIndex, offset });
    message.set(payload, FRAGMENT_HEADER_SIZE);
    client.receive(message);
  };
  const announce = (id: number, index: number, changes: Partial<PeerMessage & { type: 'piece' }> = {}) =>
    say({ type: 'piece', id, index, length: bytesOf(index).byteLength, proof: proofOf(index), ...changes });
  const give = (id: number, index: number) => {
    announce(id, index);
    fragment(id, index, 0, bytesOf(index).subarray(0, 100_000));
    fragment(id, index, 100_000, bytesOf(index).subarray(100_000));
  };
  const said = (type: ViewerMessage['type']) => sent.filter((message) => message.type === type);
  const sayOpened = (changes: Partial<PeerMessage & { type: 'opened' }> = {}) =>
    say({
      type: 'opened',
      sizeBytes: FILE.byteLength,
      mimeType: 'video/mp4',
      pieceSize: PIECE_SIZE,
      rendition: 'original',
      startSeconds: 0,
      durationSeconds: null,
      conversions: [],
      ...changes,
    });
  const open = async (sizeBytes: number | null = FILE.byteLength) => {
    const rendition = sizeBytes === null ? 'transcode' : 'original';
    const opening = client.open({ token: 't', rendition, startSeconds: 0 });
    sayOpened({ sizeBytes, rendition });
    return opening;
  };

  beforeEach(() => {
    sent = [];
    client = createViewerClient({
      catalogId,
      hashing: nodeHashing,
      send: (text) => sent.push(JSON.parse(text)),
      windowBytes: WINDOW,
    });
  });

  it.each([0, PIECE_SIZE - 1])('takes no window of %d bytes, in which no piece has room', (windowBytes) => {
    const send = () => {};
    expect(() => createViewerClient({ catalogId, hashing: nodeHashing, send, windowBytes })).toThrow(
      RangeError,
    );
  });

  it('opens, and grants a window', async () => {
    expect(await open()).toMatchObject({ sizeBytes: FILE.byteLength });
    expect(sent).toEqual([
      { type: 'open', id: 1, catalogId, token: 't', rendition: 'original', startSeconds: 0 },
      { type: 'grant', totalBytes: WINDOW },
    ]);
  });

  it.each([
    ['no size', { sizeBytes: null }],
    ['another form', { rendition: 'transcode' as const, sizeBytes: null }],
    ['another form with a size', { rendition: 'remux' as const }],
  ])('takes %s for no original: nothing of it could be verified', async (_what, changes) => {
    const opening = client.open({ token: 't', rendition: 'original', startSeconds: 0 });
    sayOpened(changes);
    await expect(opening).rejects.toMatchObject({ code: 'not_proven' });
    await expect(client.read(0, 1).next()).rejects.toMatchObject({ code: 'bad_message' });
  });

  it('verifies on when the peer opens something that nobody asked for', async () => {
    await open();
    sayOpened({ sizeBytes: null, rendition: 'transcode' });
    const piece = client.read(0, 1).next();
    announce(2, 0);
    fragment(2, 0, 0, new Uint8Array(bytesOf(0).byteLength));
    await expect(piece).rejects.toMatchObject({ code: 'not_proven' });
  });

  it('counts what was asked for apart from what a peer sends on its own', async () => {
    await open();
    const reading = client.read(0, FILE.byteLength);
    const first = reading.next();
    give(2, 0);
    await first;
    expect(client.takenBytes()).toBe(PIECE_SIZE);
    fragment(99, 0, 0, new Uint8Array(PIECE_SIZE / 2));
    expect([client.takenBytes(), client.receivedBytes()]).toEqual([PIECE_SIZE, 1.5 * PIECE_SIZE]);
    // What was on its way when a request was cancelled is no such thing.
    await reading.return();
    give(2, 1);
    expect(client.takenBytes()).toBeGreaterThan(PIECE_SIZE);
    for (let n = 0; n < 8; n += 1) fragment(99, 0, 0, new Uint8Array(PIECE_SIZE / 2));
    expect(client.takenBytes()).toBeLessThanOrEqual(3 * PIECE_SIZE);
  });

  it('gives the pieces of a read in order until it is done', async () => {
    await open();
    const reading = client.read(0, FILE.byteLength);
    const first = reading.next();
    for (const index of [0, 1]) give(2, index);
    const got = [(await first).value?.index, (await reading.next()).value?.index];
    give(2, 2);
    say({ type: 'done', id: 2 });
    for await (const piece of reading) got.push(piece.index);
    expect(got).toEqual([0, 1, 2]);
    expect(said('cancel')).toEqual([]);
  });

  it('grants more only as pieces are taken', async () => {
    await open();
    const reading = client.read(0, FILE.byteLength);
    const first = reading.next();
    give(2, 0);
    await first;
    give(2, 1);
    expect(said('grant')).toHaveLength(1);
    await reading.next();
    expect(said('grant').at(-1)).toEqual({ type: 'grant', totalBytes: WINDOW + PIECE_SIZE });
  });

  it('cancels a read that is ended early, and gives back the credit of what still comes', async () => {
    await open();
    const reading = client.read(0, FILE.byteLength);
    const first = reading.next();
    give(2, 0);
    await first;
    await reading.return();
    expect(said('cancel')).toEqual([{ type: 'cancel', id: 2 }]);
    give(2, 1);
    expect(said('grant').at(-1)).toEqual({ type: 'grant', totalBytes: WINDOW + 2 * PIECE_SIZE });
  });

  it.each([
    [
      'has other bytes',
      () => {
        announce(2, 0);
        fragment(2, 0, 0, randomBytes(PIECE_SIZE));
      },
    ],
    ['is another piece of the file', () => give(2, 1)],
    [
      'claims to be another piece',
      () => {
        announce(2, 0, { proof: proofOf(1) });
        fragment(2, 0, 0, bytesOf(1));
      },
    ],
    [
      'comes without its proof',
      () => {
        announce(2, 0, { proof: [] });
        fragment(2, 0, 0, bytesOf(0));
      },
    ],
    [
      'is too short',
      () => {
        announce(2, 0, { length: 1_000 });
        fragment(2, 0, 0, bytesOf(0).subarray(0, 1_000));
      },
    ],
    [
      'is longer than announced',
      () => {
        announce(2, 0, { length: 1_000 });
        fragment(2, 0, 0, bytesOf(0).subarray(0, 2_000));
      },
    ],
    [
      'leaves out a part',
      () => {
        announce(2, 0);
        fragment(2, 0, 1_000, bytesOf(0).subarray(1_000));
      },
    ],
  ])('refuses a piece that %s', async (_what, misbehave) => {
    await open();
    const reading = client.read(0, FILE.byteLength);
    const first = reading.next();
    misbehave();
    await expect(first).rejects.toMatchObject({ code: 'not_proven' });
  });

  it('fails with what the peer says of a request, and of all', async () => {
    await open();
    const [first, second] = [client.read(0, 1), client.read(0, 1)];
    const results = Promise.allSettled([first.next(), second.next()]);
    say({ type: 'error', id: 2, code: 'read_failed', message: 'no' });
    say({ type: 'error', code: 'unauthorized', message: 'the token has expired' });
    const [one, two] = await results;
    expect(one).toMatchObject({ reason: { code: 'read_failed' } });
    expect(two).toMatchObject({ reason: { code: 'unauthorized' } });
    await expect(client.read(0, 1).next()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('fails whatever waits when the channel closes', async () => {
    const opening = client.open({ token: 't', rendition: 'original', startSeconds: 0 });
    client.closed('gone');
    await expect(opening).rejects.toMatchObject({ code: 'closed' });
    await expect(open()).rejects.toMatchObject({ code: 'closed' });
  });

  it.each(['', '{', 'null', '{"type":"x"}', '{"type":"piece","id":1,"index":-1,"length":1,"proof":[]}'])(
    'gives up on a peer that says %j',
    async (text) => {
      await open();
      const first = client.read(0, 1).next();
      client.receive(text);
      await expect(first).rejects.toMatchObject({ code: 'bad_message' });
    },
  );

  it('lets the last of several openings have its answer', async () => {
    const request = { token: 't', rendition: 'transcode', startSeconds: 0 } as const;
    const [first, second] = [client.open(request), client.open({ ...request, startSeconds: 60 })];
    await expect(first).rejects.toMatchObject({ code: 'closed' });
    const opened: Omit<PeerMessage & { type: 'opened' }, 'startSeconds'> = {
      type: 'opened',
      sizeBytes: null,
      mimeType: 'video/mp4',
      pieceSize: PIECE_SIZE,
      rendition: 'transcode',
      durationSeconds: null,
      conversions: [],
    };
    // Answered before the peer heard of the second.
    say({ ...opened, id: 1, startSeconds: 0 });
    say({ ...opened, id: 2, startSeconds: 60 });
    expect(await second).toMatchObject({ startSeconds: 60 });
    const third = client.open(request);
    say({ type: 'error', id: 3, code: 'busy', message: 'later' });
    await expect(third).rejects.toMatchObject({ code: 'busy' });
  });

  it('waits in the queue of a peer for as long as it takes, and only if it is asked to', async () => {
    const places: number[] = [];
    const request = { token: 't', rendition: 'transcode', startSeconds: 0 } as const;
    const busy = { type: 'error', code: 'busy', message: 'later' } as const;
    const waiting = client.open(request, (position) => places.push(position));
    expect(sent[0]).toMatchObject({ type: 'open', queue: true, id: 1 });
    say({ ...busy, id: 1, position: 2, retryAfterMilliseconds: 5_000 });
    say({ ...busy, id: 1, position: 1 });
    say({
      type: 'opened',
      id: 1,
      sizeBytes: null,
      mimeType: 'video/mp4',
      pieceSize: PIECE_SIZE,
      rendition: 'transcode',
      startSeconds: 0,
      durationSeconds: null,
      conversions: [],
    });
    await waiting;
    expect(places).toEqual([2, 1]);

    const impatient = client.open(request);
    expect(sent.at(-1)).not.toHaveProperty('queue');
    say({ ...busy, id: 2, position: 1, retryAfterMilliseconds: 7_000 });
    await expect(impatient).rejects.toMatchObject({ code: 'busy', retryAfterMs: 7_000 });
  });

  it('lists subtitles and joins the text of one, whatever is opened meanwhile', async () => {
    await open();
    const listing = client.subtitles();
    const english = { track: 0, language: 'en', name: null, forced: false, hearingImpaired: false };
    say({ type: 'subtitles', id: 2, tracks: [english] });
    expect(await listing).toEqual([english]);

    const loading = client.subtitle(0);
    await open(null);
    const text = new TextEncoder().encode('WEBVTT\n\n00:01.000 --> 00:02.000\nSchön\n');
    const half = text.indexOf(0xc3) + 1;
    for (const [index, part] of [text.subarray(0, half), text.subarray(half)].entries()) {
      say({ type: 'piece', id: 3, index, length: part.byteLength, proof: [] });
      fragment(3, index, 0, part);
    }
    say({ type: 'done', id: 3 });
    expect(await loading).toBe(new TextDecoder().decode(text));
    expect(said('subtitle')).toEqual([{ type: 'subtitle', id: 3, track: 0 }]);
  });

  it('lists audio tracks, and asks for one', async () => {
    await open();
    const listing = client.audioTracks();
    const german: AudioTrack = {
      track: 1,
      language: 'deu',
      name: null,
      codec: 'ac3',
      channels: 6,
      default: false,
      commentary: false,
      audioDescription: false,
    };
    say({ type: 'audioTracks', id: 2, tracks: [german] });
    expect(await listing).toEqual([german]);
    client.open({ token: 't', rendition: 'remux', startSeconds: 9, audioTrack: 1 }).catch(() => {});
    expect(said('open').at(-1)).toMatchObject({ id: 3, rendition: 'remux', startSeconds: 9, audioTrack: 1 });
  });

  it('takes no list of one thing for a list of another', async () => {
    await open();
    const listing = client.audioTracks();
    say({ type: 'subtitles', id: 2, tracks: [] });
    await expect(listing).rejects.toMatchObject({ code: 'bad_message' });
  });

  it('reads on when a peer does not understand another request', async () => {
    await open();
    const first = client.read(0, 1).next();
    const listing = client.audioTracks();
    say({ type: 'error', id: 3, code: 'bad_message', message: 'not a message of this protocol' });
    await expect(listing).rejects.toMatchObject({ code: 'bad_message' });
    give(2, 0);
    expect((await first).value).toMatchObject({ index: 0 });
  });

  it('fails with the reason why there are no subtitles, and cancels what is no longer wanted', async () => {
    await open();
    const listing = client.subtitles();
    say({ type: 'error', id: 2, code: 'read_failed', message: 'no' });
    await expect(listing).rejects.toMatchObject({ code: 'read_failed' });
    const unwanted = new AbortController();
    const loading = client.subtitle(0, unwanted.signal);
    unwanted.abort(new Error('another was chosen'));
    await expect(loading).rejects.toThrow('another was chosen');
    expect(said('cancel')).toEqual([{ type: 'cancel', id: 3 }]);
  });

  it('gives up on a peer that sends subtitles without end', async () => {
    await open();
    const loading = client.subtitle(0);
    loading.catch(() => {});
    for (let index = 0; index < 9; index += 1) {
      say({ type: 'piece', id: 2, index, length: PIECE_SIZE, proof: [] });
      fragment(2, index, 0, new Uint8Array(PIECE_SIZE));
      await new Promise(setImmediate);
    }
    await expect(loading).rejects.toMatchObject({ code: 'read_failed' });
  });

  it('gives up on a peer that sends more than was granted', async () => {
    await open();
    const first = client.read(0, FILE.byteLength).next();
    for (const index of [0, 1, 2]) give(2, index);
    await expect(first).rejects.toMatchObject({ code: 'not_proven' });
    await expect(client.read(0, 1).next()).rejects.toMatchObject({ code: 'not_proven' });
  });

  it('ignores fragments nobody asked for', async () => {
    await open();
    client.receive(new Uint8Array(3));
    fragment(99, 0, 0, new Uint8Array(10));
    const reading = client.read(0, 1);
    const first = reading.next();
    give(2, 0);
    expect((await first).value).toMatchObject({ index: 0 });
  });
});
