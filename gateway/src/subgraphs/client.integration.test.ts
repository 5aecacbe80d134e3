import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMetrics } from '@giggityflix/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fetch } from '../engine/plan/plan.ts';
import { createGatewayMetrics } from '../metrics.ts';
import { createSubgraphClients, type SubgraphClients } from './client.ts';
import { passErrors } from './shown-errors.ts';

type Respond = (response: ServerResponse, body: string) => void;

let server: Server;
let respond: Respond;
let requests: string[];
let clients: SubgraphClients;
beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      requests.push(`${request.headers.authorization ?? ''} ${request.headers.traceparent ?? ''} ${body}`);
      respond(response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  clients = createSubgraphClients({
    serviceToken: null,
    addresses: [{ name: 'one', url: `http://127.0.0.1:${port}/graphql` }],
    timeoutMs: () => 300,
    shownErrors: passErrors,
    metrics: createGatewayMetrics(createMetrics('gateway', { processMetrics: false })),
  });
});
afterEach(async () => {
  await clients.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const request = (authorization?: string) => ({ authorization, requestId: 'r', traceparent: undefined });
const query = { subgraph: 'one', mutation: false, lossless: false } as Fetch;
const mutation = { subgraph: 'one', mutation: true } as Fetch;
const ok: Respond = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end('{"data":{"n":1}}');
};

describe('fetches from a subgraph', () => {
  it('that are alike and in flight together are one, within one identity', async () => {
    const release = Promise.withResolvers<void>();
    respond = (response, body) => void release.promise.then(() => ok(response, body));
    const fetches = [
      ...Array.from({ length: 5 }, () => clients.fetch(query, '{}', request('Bearer ann'))),
      clients.fetch(query, '{}', request('Bearer bob')),
      clients.fetch(query, '{"other":1}', request('Bearer ann')),
    ];
    await expect.poll(() => requests.length).toBe(3);
    release.resolve();
    const answers = await Promise.all(fetches);
    expect(requests).toHaveLength(3);
    expect(answers.every((answer) => JSON.stringify(answer.data) === '{"n":1}')).toBe(true);
    // Each may change its own.
    expect(answers[0]!.data).not.toBe(answers[1]!.data);
  });

  it('begun before a mutation do not answer who asks after it', async () => {
    let n = 0;
    const release = Promise.withResolvers<void>();
    respond = (response, body) => {
      const answer = () => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(`{"data":{"n":${n}}}`);
      };
      if (body === '{"mutation":1}') n += 1;
      if (body === '{"slow":1}' && n === 0)
        void release.promise.then(() => response.writeHead(200).end('{"data":{"n":0}}'));
      else answer();
    };
    const before = clients.fetch(query, '{"slow":1}', request());
    await expect.poll(() => requests.length).toBe(1);
    await clients.fetch(mutation, '{"mutation":1}', request());
    expect((await clients.fetch(query, '{"slow":1}', request())).data).toEqual({ n: 1 });
    release.resolve();
    expect((await before).data).toEqual({ n: 0 });
  });

  it('are tried once more when they are queries, never when a mutation may have begun', async () => {
    let failures = 1;
    respond = (response, body) => {
      if (failures-- > 0) response.destroy();
      else ok(response, body);
    };
    expect((await clients.fetch(query, '{}', request())).data).toEqual({ n: 1 });
    expect(requests).toHaveLength(2);
    failures = 1;
    const refused = await clients.fetch(mutation, '{}', request());
    expect(refused.errors[0]?.extensions?.code).toBe('SUBGRAPH_UNAVAILABLE');
    expect(requests).toHaveLength(3);
  });

  it('end after the timeout with an error that says so', async () => {
    respond = () => {};
    const { data, errors } = await clients.fetch(query, '{}', request());
    expect(data).toBeNull();
    expect(errors[0]?.message).toBe('the one subgraph did not answer within 300 ms');
  });

  it('that answer with trouble and say which keep what they say', async () => {
    respond = (response) => {
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end('{"errors":[{"message":"the library is closed","extensions":{"code":"CLOSED"}}]}');
    };
    expect((await clients.fetch(query, '{}', request())).errors).toEqual([
      { message: 'the library is closed', extensions: { code: 'CLOSED' } },
    ]);
  });

  it('that answer too much say so, are asked once, and do not open the breaker', async () => {
    const chunk = 'x'.repeat(1024 * 1024);
    respond = (response, body) => {
      if (body === '{}') return ok(response, body);
      for (let n = 0; n < 33; n++) response.write(chunk);
      response.end();
    };
    for (let n = 0; n < 8; n++) {
      const { errors } = await clients.fetch(query, '{"much":1}', request());
      expect(errors[0]).toMatchObject({ extensions: { code: 'SUBGRAPH_INVALID_RESPONSE' } });
      expect(errors[0]?.message).toContain('larger than 33554432 bytes');
    }
    expect(requests).toHaveLength(8);
    expect((await clients.fetch(query, '{}', request())).data).toEqual({ n: 1 });
  });

  it.each([
    ['[null]', [{ extensions: { code: 'SUBGRAPH_INVALID_RESPONSE' } }]],
    ['["text"]', [{ extensions: { code: 'SUBGRAPH_INVALID_RESPONSE' } }]],
    ['"text"', [{ extensions: { code: 'SUBGRAPH_INVALID_RESPONSE' } }]],
    ['[{"message":1,"path":"a","extensions":[]}]', [{ message: '' }]],
    ['[{"message":"m","path":["a",0],"extensions":{"code":"C"}}]', [{ message: 'm', path: ['a', 0] }]],
    ['null', []],
  ])('whose errors are %s give errors of the specification’s form', async (given, expected) => {
    respond = (response) => void response.end(`{"data":{"n":1},"errors":${given}}`);
    const answer = await clients.fetch(query, '{}', request());
    expect(answer.data).toEqual({ n: 1 });
    expect(answer.errors).toMatchObject(expected);
    expect(answer.errors).toHaveLength(expected.length);
  });

  it('keep the digits of numbers where a custom scalar may hold them', async () => {
    respond = (response) =>
      void response.end(
        '{"data":{"n":9007199254740993,"s":"9007199254740993","f":0.1000000000000000000005}}',
      );
    const { data } = await clients.fetch({ ...query, lossless: true }, '{}', request());
    expect(JSON.stringify(data)).toBe(
      '{"n":9007199254740993,"s":"9007199254740993","f":0.1000000000000000000005}',
    );
  });

  it.each([
    ['text', 500, '<html>', 'SUBGRAPH_INVALID_RESPONSE'],
    ['JSON that is no response', 200, '[1]', 'SUBGRAPH_INVALID_RESPONSE'],
    ['neither data nor an error', 200, '{"data":null}', 'SUBGRAPH_INVALID_RESPONSE'],
    ['a refusal of credentials', 401, '', 'UNAUTHENTICATED'],
    ['a refusal of permission', 403, '', 'FORBIDDEN'],
    ['being busy', 503, '', 'SUBGRAPH_UNAVAILABLE'],
  ])('that answer %s become an error', async (_what, status, text, code) => {
    respond = (response) => {
      response.writeHead(status);
      response.end(text);
    };
    expect((await clients.fetch(query, '{}', request())).errors[0]?.extensions?.code).toBe(code);
  });
});

it('the trace and the credentials of the request travel on', async () => {
  respond = ok;
  await clients.fetch(query, '{}', { authorization: 'Bearer ann', requestId: 'r', traceparent: '00-a-b-01' });
  expect(requests).toEqual(['Bearer ann 00-a-b-01 {}']);
});
