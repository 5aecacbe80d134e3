import { writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startPeer, temporaryDir, testConfig } from '../../testing/harness.ts';

function get(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({
        status: response.statusCode ?? 0,
        body: Buffer.concat(chunks).toString(),
        headers: response.headers,
      });
    })
      .on('error', reject)
      .end();
  });
}

it('shows the owner what is shared, on loopback and to no one who came by another name', async () => {
  const dir = temporaryDir();
  const config = testConfig(dir);
  writeFileSync(join(dir, 'media', '<b>A Film<b> (2020).mp4'), 'some bytes');
  const peer = await startPeer(config);
  const url = peer.status().http!;
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  await expect
    .poll(async () => JSON.parse((await get(`${url}/api/titles`)).body), { timeout: 10_000 })
    .toMatchObject([{ year: 2020, sizeBytes: 10 }]);

  const page = await get(`${url}/`);
  expect(page).toMatchObject({ status: 200, body: expect.stringContaining('Giggityflix peer') });
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  for (const path of ['/page.js', '/page.css', '/api/status', '/api/viewers', '/health', '/metrics'])
    expect((await get(`${url}${path}`)).status).toBe(200);
  expect(await get(`${url}/ready`)).toMatchObject({
    status: 503,
    body: expect.stringContaining('not connected to the edge'),
  });
  expect((await get(`${url}/api/status`, { host: 'rebound.example' })).status).toBe(421);
  expect((await get(`${url}/metrics`)).body).toContain(
    'giggityflix_peer_files{state="shared",service="peer"}',
  );
});

it('shows the owner what is not shared, and why', async () => {
  const dir = temporaryDir();
  const config = testConfig(dir, { EXTRACT_METADATA: 'true', FFPROBE_PATH: '/nonexistent' });
  writeFileSync(join(dir, 'media', 'empty.mp4'), '');
  writeFileSync(join(dir, 'media', 'an\narchive.mkv'), 'PK\x03\x04 and so on, for a while');
  const peer = await startPeer(config);
  await expect
    .poll(async () => JSON.parse((await get(`${peer.status().http}/api/unshared`)).body))
    .toEqual([
      {
        path: expect.stringMatching(/an archive\.mkv$/),
        state: 'rejected',
        reason: 'it is not a readable .mkv file: it is a ZIP archive: extract what is in it',
      },
      { path: expect.stringMatching(/empty\.mp4$/), state: 'rejected', reason: 'it is empty' },
    ]);
  expect((await get(`${peer.status().http}/`)).body).toContain('Not shared');
});

it('shares without its page when the port is taken, and says so', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const peer = await startPeer(testConfig(temporaryDir(), { HTTP_PORT: String(port) }));
  expect(peer.status()).toMatchObject({
    http: null,
    missing: [expect.stringContaining(`port ${port} is already in use`)],
  });
});
