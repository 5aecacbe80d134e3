import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NO_PROXIES } from './client-address.ts';
import { capConnections } from './connection-cap.ts';

let server: Server;
const open: Socket[] = [];
let release: (() => void)[] = [];
beforeEach(async () => {
  server = createServer((request, response) => {
    if (request.url === '/slow') release.push(() => response.end('slow'));
    else response.end('quick');
  });
  capConnections(server, { most: 3, proxies: NO_PROXIES });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  release = [];
  await new Promise((resolve) => server.close(resolve));
});

async function join(localAddress = '127.0.0.1'): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  open.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}
async function ask(socket: Socket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => ['closed'])]);
  return /(quick|slow|closed)$/.exec(String(answer))?.[0] ?? '';
}

it('one more connection of an address ends the one that has been idle for longest', async () => {
  const [first, second, third] = [await join(), await join(), await join()];
  expect(await ask(first, '/')).toBe('quick');
  const gone = once(second, 'close');
  expect(await ask(await join(), '/')).toBe('quick');
  await gone;
  expect(await ask(first, '/')).toBe('quick');
  expect(await ask(third, '/')).toBe('quick');
});

it('one more is ended itself while all wait for an answer, and others come in', async () => {
  const busy = [await join(), await join(), await join()];
  const answers = busy.map((socket) => ask(socket, '/slow'));
  await expect.poll(() => release.length).toBe(3);
  expect(await ask(await join(), '/')).toBe('closed');
  expect(await ask(await join('127.0.0.2'), '/')).toBe('quick');
  for (const end of release) end();
  expect((await Promise.all(answers)).every((answer) => answer.endsWith('slow'))).toBe(true);
  expect(await ask(await join(), '/')).toBe('quick');
});
