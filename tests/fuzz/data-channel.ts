import fc from 'fast-check';
import { createControlReader } from '../../peer/src/streaming/control-reader.ts';
import { expectThat, type FuzzTarget, texts } from './target.ts';

const SAMPLES = [
  '{"type":"open","id":1,"rendition":"original","startSeconds":0}',
  '{"type":"open","id":2,"rendition":"transcode","startSeconds":1e308,"maxHeight":720,"audioTrack":0}',
  '{"type":"read","id":3,"start":0,"end":262144}',
  '{"type":"cancel","id":-0}',
  '{"type":"audioTracks","id":4}',
  '{"type":"subtitle","id":5,"track":0}',
  '{"type":"grant","totalBytes":9007199254740993}',
  '{"type":"token","token":"x.y.z"}',
  '{"__proto__":{"type":"close"},"constructor":{"prototype":1},"id":1}',
];

/** A control message of a viewer: it is one of the protocol, a fault of that request, or a flood. */
export default async function dataChannel(): Promise<FuzzTarget<string | { bytes: number }>> {
  const json = fc.record(
    {
      type: fc.constantFrom('open', 'read', 'cancel', 'grant', 'subtitles', 'subtitle', 'token', 'close'),
      id: fc.oneof(fc.nat(), fc.double(), fc.string()),
      startSeconds: fc.jsonValue(),
      start: fc.jsonValue(),
      end: fc.nat(),
      track: fc.jsonValue(),
      rendition: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  return {
    inputs: fc.oneof(
      texts(SAMPLES),
      json.map((value) => JSON.stringify(value)),
      fc.nat({ max: 70_000 }).map((bytes) => ({ bytes })),
    ),
    async run(input) {
      const read = createControlReader();
      const { kind } = read(typeof input === 'string' ? input : new Uint8Array(input.bytes));
      expectThat(kind === 'message' || kind === 'fault', `the first message is a ${kind}`);
      if (typeof input !== 'string') expectThat(kind === 'fault', 'bytes are no control message');
    },
  };
}
