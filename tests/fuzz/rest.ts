import fc from 'fast-check';
import { MEDIA_FILE, startViewing } from '../../subgraphs/viewing/testing/harness.ts';
import { expectThat, type FuzzTarget, texts } from './target.ts';

const SAMPLES = [
  `{"user_id":"u","profile_id":"p","content_id":"${MEDIA_FILE}","device_id":"d"}`,
  '{"position":3,"state":"paused","duration":1e999}',
  '{"token":"x.y.z"}',
  '{"__proto__":{"user_id":"u"},"constructor":null}',
];
const PATHS = [
  '/api/playback/session',
  '/api/playback/session/0199aaaa-0000-7000-8000-000000000001/heartbeat',
  '/api/playback/token/validate',
  '/api/playback/token/refresh',
];

/** A body for the viewing service's REST routes: accepted, or refused with a problem; never a failure. */
export default async function rest(): Promise<
  FuzzTarget<{ path: string; body: string; contentType: string }>
> {
  const viewing = await startViewing();
  return {
    inputs: fc.record({
      path: fc.oneof(
        { arbitrary: fc.constantFrom(...PATHS), weight: 5 },
        {
          arbitrary: fc
            .string({ maxLength: 60 })
            .map((id) => `/api/playback/session/${encodeURIComponent(id)}/heartbeat`),
          weight: 1,
        },
      ),
      body: fc.oneof(
        texts(SAMPLES),
        fc.json(),
        fc
          .record(
            {
              user_id: fc.jsonValue(),
              profile_id: fc.string({ unit: 'binary' }),
              content_id: fc.constantFrom(MEDIA_FILE, '', 'x'),
              device_id: fc.jsonValue(),
              position: fc.double(),
              token: fc.string(),
            },
            { requiredKeys: [] },
          )
          .map((value) => JSON.stringify(value)),
      ),
      contentType: fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain'),
    }),
    async run({ path, body, contentType }) {
      const response = await fetch(`${viewing.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body,
      });
      await response.arrayBuffer();
      expectThat(response.status < 500, `${path} answers ${response.status}`);
    },
    stop: () => viewing.stop(),
  };
}
