import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEDIA_FILE, type RunningViewing, startViewing } from '../../testing/harness.ts';
import { openApiDocument } from './openapi.ts';

/** Requests per operation; raise it for a longer search. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 40);

interface Operation {
  method: string;
  path: string;
  parameter: string | null;
  bodySchema: { properties: Record<string, unknown> } | null;
  answers: Record<string, { content?: object }>;
}

const operations: Operation[] = Object.entries(openApiDocument.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => {
    const { parameters, requestBody, responses } = operation as {
      parameters?: { name: string }[];
      requestBody?: { content: { 'application/json': { schema: { $ref: string } } } };
      responses: Operation['answers'];
    };
    const name = requestBody?.content['application/json'].schema.$ref.split('/').at(-1);
    const schemas = openApiDocument.components.schemas as Record<string, unknown>;
    return {
      method: method.toUpperCase(),
      path,
      parameter: parameters?.[0]?.name ?? null,
      bodySchema: name ? (schemas[name] as Operation['bodySchema']) : null,
      answers: responses,
    };
  }),
);

let viewing: RunningViewing;
let sessionId: string;
let token: string;
beforeAll(async () => {
  viewing = await startViewing();
  const { body } = await viewing.call('POST', '/api/playback/session', {
    user_id: 'fuzz',
    profile_id: 'p',
    content_id: MEDIA_FILE,
    device_id: 'd',
  });
  sessionId = body.session.session_id;
  token = body.playback_token;
});
afterAll(() => viewing.stop());

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ maxLength: 300 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '{',
    '}',
    '../..',
    '%00',
    '%',
    "'",
    '"; DROP TABLE sessions',
    '🎬',
    'null',
    '-1',
    'a'.repeat(20_000),
  ),
);
const value = fc.oneof(
  hostileText,
  fc.double(),
  fc.integer(),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, true, 1e308, -0, Number.MAX_SAFE_INTEGER),
);
const plausible = () =>
  fc.constantFrom('fuzz', 'p', 'd', MEDIA_FILE, sessionId, token, 'US', 0, 12.5, 'content789');

/** A body with the members of the schema, some right, some wrong, some missing; or something else altogether. */
function bodyOf(schema: NonNullable<Operation['bodySchema']>) {
  const members = Object.fromEntries(
    Object.keys(schema.properties).map((name) => [
      name,
      fc.oneof({ weight: 3, arbitrary: plausible() }, { weight: 2, arbitrary: value }),
    ]),
  );
  const shaped = fc.record(members, { requiredKeys: [] }).map((body) => JSON.stringify(body));
  return fc.oneof(
    { weight: 6, arbitrary: shaped },
    { weight: 1, arbitrary: value.map((any) => JSON.stringify(any) ?? '') },
    { weight: 1, arbitrary: hostileText },
  );
}

describe('the API keeps to its OpenAPI document', () => {
  it('which it serves', async () => {
    const { body } = await viewing.call('GET', '/openapi.json');
    expect(body).toEqual(JSON.parse(JSON.stringify(openApiDocument)));
    expect(body.openapi).toBe('3.1.0');
  });

  it.each(operations.map((operation) => [operation.method, operation.path, operation] as const))(
    '%s %s answers whatever it is sent as documented, never with a 500',
    async (_method, _path, operation) => {
      const type = fc.constantFrom(
        'application/json',
        'application/json; charset=utf-8',
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
      );
      const request = fc.record({
        id: fc.oneof({ weight: 2, arbitrary: fc.constant(sessionId) }, { weight: 1, arbitrary: hostileText }),
        raw: fc.boolean(),
        body: operation.bodySchema ? bodyOf(operation.bodySchema) : fc.option(hostileText),
        type: fc.oneof(
          { weight: 5, arbitrary: fc.constant('application/json') },
          { weight: 1, arbitrary: type },
        ),
      });
      await fc.assert(
        fc.asyncProperty(request, async ({ id, raw, body, type }) => {
          const encoded =
            raw && /^[\x21-\x7e]*$/.test(id)
              ? id.replace(/[#?/\\]/g, '_')
              : encodeURIComponent(id.toWellFormed());
          // Longer request lines are Node.js's to refuse; '.' and '' are other paths.
          fc.pre(encoded.length < 12_000 && !/^\.{0,2}$/.test(encoded) && !/^(%2e){1,2}$/i.test(encoded));
          const url = `${viewing.url}${operation.path.replace(/\{\w+\}/, () => encoded)}`;
          const sendsBody = body !== null && operation.method !== 'GET';
          const response = await fetch(url, {
            method: operation.method,
            headers: sendsBody ? { 'content-type': type } : {},
            body: sendsBody ? body : undefined,
          });
          const text = await response.text();
          const documented = Object.keys(operation.answers).map(Number);
          if (!sendsBody || operation.bodySchema) expect(documented).toContain(response.status);
          else expect([...documented, 400, 413, 415]).toContain(response.status);
          if (response.status >= 400) {
            expect(response.headers.get('content-type')).toContain('application/problem+json');
            expect(JSON.parse(text)).toMatchObject({ status: response.status, title: expect.any(String) });
          }
        }),
        { numRuns: RUNS },
      );
    },
  );
});
