import { connect } from 'node:net';
import { createLogger, READY } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpServer } from './server.ts';
import { createStatusServer } from './status-server.ts';

const options = (name: string) => ({
  name,
  host: '127.0.0.1',
  port: 0,
  logger: createLogger({ service: name, level: 'silent' }),
  metrics: createMetrics(name, { processMetrics: false }),
  ready: () => READY,
  receiveTimeouts: { headersMs: 200, requestMs: 400 },
});
const http = createHttpServer(options('http'));
http.app.post('/add', async () => 'added');
const status = createStatusServer(options('status'));
beforeAll(async () => {
  await http.start();
  await status.start();
});
afterAll(async () => {
  await http.stop();
  await status.stop();
});

/** Sends `head`, then a byte now and then for ever; gives what the server answered before it closed the connection. */
function drip(port: number, head: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    const dripping = setInterval(() => socket.write('x'), 20);
    socket.write(head);
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(dripping);
      resolve(answer);
    });
  });
}

describe.each([
  ['an HTTP server', () => http.address().port],
  ['a status server', () => status.address().port],
])('%s', (_name, port) => {
  it('cuts off a client whose headers do not end', async () => {
    expect(await drip(port(), 'GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')).toMatch(
      /^HTTP\/1\.1 408 /,
    );
  });
});

it('cuts off a client whose body does not end', async () => {
  const head =
    'POST /add HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{';
  expect(await drip(http.address().port, head)).toMatch(/^HTTP\/1\.1 408 /);
});
