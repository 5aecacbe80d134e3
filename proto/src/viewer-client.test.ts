import { createHash, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  FRAGMENT_HEADER_SIZE,
  type PeerMessage,
  PIECE_SIZE,
  type ViewerMessage,
  writeFragmentHeader,
} from './data-channel.ts';
import { createPiecesHasher, createPieceTree, pieceHashOf, toHex } from './merkle.ts';
import { createViewerClient, type ViewerClient } from './viewer-client.ts';

const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest());
const FILE = randomBytes(3 * PIECE_SIZE - 1_000);
const WINDOW = 2 * PIECE_SIZE;

const hasher = createPiecesHasher(sha256);
hasher.update(FILE);
const { root, pieceLayer } = hasher.finish();
const tree = createPieceTree(pieceLayer, sha256);
const catalogId = toHex(root!);

/** A peer spoken by hand. */
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
  const bytesOf = (index: number) => FILE.subarray(index * PIECE_SIZE, (index + 1) * PIECE_SIZE);
  const proofOf = (index: number) => tree.proof(index).map(toHex);
  const announce = (id: number, index: number, changes: Partial<PeerMessage & { type: 'piece' }> = {}) =>
    say({ type: 'piece', id, index, length: bytesOf(index).byteLength, proof: proofOf(index), ...changes });
  const give = (id: number, index: number) => {
    announce(id, index);
    fragment(id, index, 0, bytesOf(index).subarray(0, 100_000));
    fragment(id, index, 100_000, bytesOf(index).subarray(100_000));
  };
  const said = (type: ViewerMessage['type']) => sent.filter((message) => message.type === type);
  const open = async (sizeBytes: number | null = FILE.byteLength) => {
    const opening = client.open({ token: 't', rendition: 'original', startSeconds: 0 });
    say({
      type: 'opened',
      sizeBytes,
      mimeType: 'video/mp4',
      pieceSize: PIECE_SIZE,
      rendition: 'original',
      startSeconds: 0,
      durationSeconds: null,
    });
    return opening;
  };

  beforeEach(() => {
    sent = [];
    client = createViewerClient({
      catalogId,
      sha256,
      hashPiece: (piece, size) => pieceHashOf(piece, size, sha256),
      send: (text) => sent.push(JSON.parse(text)),
      windowBytes: WINDOW,
    });
  });

  it('opens, and grants a window', async () => {
    expect(await open()).toMatchObject({ sizeBytes: FILE.byteLength });
    expect(sent).toEqual([
      { type: 'open', catalogId, token: 't', rendition: 'original', startSeconds: 0 },
      { type: 'grant', totalBytes: WINDOW },
    ]);
  });

  it('gives the pieces of a read in order until it is done', async () => {
    await open();
    const reading = client.read(0, FILE.byteLength);
    const first = reading.next();
    for (const index of [0, 1, 2]) give(1, index);
    say({ type: 'done', id: 1 });
    expect((await first).value).toMatchObject({ index: 0 });
    const rest: number[] = [];
    for await (const piece of reading) rest.push(piece.index);
    expect(rest).toEqual([1, 2]);
    expect(said('cancel')).toEqual([]);
  });

  it('grants more only as pieces are taken', async () => {
    await open();
    const reading = client.read(0, FILE.byteLength);
    const first = reading.next();
    give(1, 0);
    await first;
    give(1, 1);
    expect(said('grant')).toHaveLength(1);
    await reading.next();
    expect(said('grant').at(-1)).toEqual({ type: 'grant', totalBytes: WINDOW + PIECE_SIZE });
  });

  it('cancels a read that is ended early, and gives back the credit of what still comes', async () => {
    await open();
    const reading = client.read(0, FILE.byteLength);
    const first = reading.next();
    give(1, 0);
    await first;
    await reading.return();
    expect(said('cancel')).toEqual([{ type: 'cancel', id: 1 }]);
    give(1, 1);
    expect(said('grant').at(-1)).toEqual({ type: 'grant', totalBytes: WINDOW + 2 * PIECE_SIZE });
  });

  it.each([
    [
      'has other bytes',
      () => {
        announce(1, 0);
        fragment(1, 0, 0, randomBytes(PIECE_SIZE));
      },
    ],
    ['is another piece of the file', () => give(1, 1)],
    [
      'poses as another piece',
      () => {
        announce(1, 0, { proof: proofOf(1) });
        fragment(1, 0, 0, bytesOf(1));
      },
    ],
    [
      'comes without its proof',
      () => {
        announce(1, 0, { proof: [] });
        fragment(1, 0, 0, bytesOf(0));
      },
    ],
    [
      'is too short',
      () => {
        announce(1, 0, { length: 1_000 });
        fragment(1, 0, 0, bytesOf(0).subarray(0, 1_000));
      },
    ],
    [
      'is longer than announced',
      () => {
        announce(1, 0, { length: 1_000 });
        fragment(1, 0, 0, bytesOf(0).subarray(0, 2_000));
      },
    ],
    [
      'leaves out a part',
      () => {
        announce(1, 0);
        fragment(1, 0, 1_000, bytesOf(0).subarray(1_000));
      },
    ],
  ])('refuses a piece that %s', async (_what, misbehave) => {
    await open();
    const reading = client.read(0, FILE.byteLength);
    const first = reading.next();
    misbehave();
    await expect(first).rejects.toMatchObject({ code: 'not_proven' });
  });

  it('tells what the peer says of a request, and of all', async () => {
    await open();
    const [first, second] = [client.read(0, 1), client.read(0, 1)];
    const results = Promise.allSettled([first.next(), second.next()]);
    say({ type: 'error', id: 1, code: 'read_failed', message: 'no' });
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

  it('ignores fragments nobody asked for', async () => {
    await open();
    client.receive(new Uint8Array(3));
    fragment(99, 0, 0, new Uint8Array(10));
    const reading = client.read(0, 1);
    const first = reading.next();
    give(1, 0);
    expect((await first).value).toMatchObject({ index: 0 });
  });
});
