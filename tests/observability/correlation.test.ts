import { stripVTControlCharacters } from 'node:util';
import { samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const WAIT = { timeout: 90_000, interval: 100 };

let stack: TestStack;
beforeAll(async () => {
  stack = await startStack({ env: { LOG_LEVEL: 'debug', OTEL_EXPORTER_OTLP_ENDPOINT: '' } });
  await samplesShared(stack);
}, 120_000);
afterAll(() => stack?.dispose());

async function requestHash(input: unknown, traceparent: string) {
  const query =
    'mutation Hash($input: RequestFileHashInput!) { requestFileHash(input: $input) { requestId error { message } } }';
  const response = await fetch(`${stack.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data } = (await response.json()) as {
    data: { requestFileHash: { requestId: string; error: unknown } };
  };
  return data.requestFileHash;
}

/** Services with a line of the trace in their log, and what they logged. */
const linesOf = (traceId: string) =>
  stripVTControlCharacters(stack.output())
    .split('\n')
    .filter((line) => line.includes(`trace_id=${traceId}`))
    .map((line) => {
      const [, service = '', , ...text] = line.split(/\s+/);
      return { service, text: text.join(' ') };
    });

it('one id leads from a mutation through gateway, subgraph, bus and edge to the peer, though no traces are exported', async () => {
  const { data: films } = await stack.client.request(
    '{ titles(first: 1) { edges { node { files { catalogId } } } } }',
  );
  const { data: sharing } = await stack.client.request('{ peers(first: 1) { edges { node { id } } } }');
  const input = {
    peerId: sharing.peers.edges[0].node.id,
    catalogId: films.titles.edges[0].node.files[0].catalogId,
    algorithms: ['md5'],
  };
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const { requestId, error } = await requestHash(input, `00-${traceId}-00f067aa0ba902b7-01`);
  expect(error).toBeNull();
  await expect
    .poll(() => new Set(linesOf(traceId).map(({ service }) => service)), WAIT)
    .toEqual(new Set(['gateway', 'tracker', 'edge-1', 'peer']));
  for (const [service, text] of [
    ['tracker', 'command sent'],
    ['edge-1', 'command delivered'],
    ['peer', 'command done'],
  ] as const)
    expect(linesOf(traceId).filter((line) => line.service === service)).toContainEqual({
      service,
      text: expect.stringMatching(new RegExp(`^${text}.*request_id=${requestId}`)),
    });
});
