import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { askForAdmission, localName } from './admission-request.ts';

/** A gateway that answers with this. */
async function gateway(answer: unknown): Promise<string> {
  const server = createServer((_request, response) => response.end(JSON.stringify(answer)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.each([
  ['giggityflix.local', 'giggityflix.local'],
  [' http://Giggityflix.local:4000/ ', 'giggityflix.local'],
  ['giggityflix.example', null],
  ['ABCD-ABCD', null],
  ['giggityflix://join/ABCD', null],
])('%s names the platform %s', (text, name) => expect(localName(text)).toBe(name));

it('asks at the addresses that answer for the name, in turn', async () => {
  const link = 'giggityflix://join/X?edge=192.168.1.7:50051';
  const origin = await gateway({ data: { requestPeerInvitation: { link } } });
  const asking = askForAdmission('giggityflix.local', async () => ['http://127.0.0.1:9', origin]);
  expect(await asking).toBe(link);
});

it('says why there is nothing to be had', async () => {
  const refusing = await gateway({
    data: null,
    errors: [{ message: 'this network takes invited peers only' }],
  });
  for (const [origins, message] of [
    [[], 'nobody answers for giggityflix.local'],
    [['http://127.0.0.1:9'], 'does not answer'],
    [[refusing], 'invited peers only'],
  ] as const)
    await expect(askForAdmission('giggityflix.local', async () => [...origins])).rejects.toThrow(message);
});
