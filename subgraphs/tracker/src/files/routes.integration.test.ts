import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type RunningTracker, runTracker } from '../../testing/running.ts';

let running: RunningTracker;
beforeAll(async () => {
  running = await runTracker({ TRUSTED_PROXIES: '127.0.0.0/8' });
});
afterAll(() => running.stop());

const call = async (method: string, path: string, options: { from?: string; body?: unknown } = {}) => {
  const response = await fetch(`${running.url}${path}`, {
    method,
    headers: {
      ...(options.from ? { 'x-forwarded-for': options.from } : {}),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body:
      options.body === undefined
        ? undefined
        : typeof options.body === 'string'
          ? options.body
          : JSON.stringify(options.body),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    // biome-ignore lint/suspicious/noExplicitAny: bodies are asserted on, not typed
    body: (await response.json()) as any,
  };
};

describe('the tracker server’s routes', () => {
  it('answers the health check', async () => {
    expect(await call('GET', '/')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('registers the observed address for a file, by query or by body', async () => {
    expect(await call('POST', '/add?filename=film.mp4&hash=abc', { from: '1.1.1.1' })).toMatchObject({
      status: 200,
      body: { filename: 'film.mp4', hash: 'abc', ip: '1.1.1.1' },
    });
    await call('POST', '/add', { from: '2.2.2.2', body: { filename: 'film.mp4', hash: 'abc' } });
    const { body } = await call('GET', '/peers?filename=film.mp4');
    expect(body).toMatchObject({
      filename: 'film.mp4',
      peers: [
        { ip: '1.1.1.1', hash: 'abc' },
        { ip: '2.2.2.2', hash: 'abc' },
      ],
    });
    expect(Date.parse(body.peers[0].registered_at)).toBeGreaterThan(Date.now() - 60_000);
    expect(await call('GET', '/peers?filename=unknown')).toMatchObject({ body: { peers: [] } });
  });

  it('refuses a file known under another hash, naming both', async () => {
    await call('POST', '/add?filename=conflict&hash=one');
    const answer = await call('POST', '/add?filename=conflict&hash=two');
    expect(answer).toMatchObject({ status: 409, body: { hash: 'two', known_hash: 'one' } });
    expect(answer.type).toContain('application/problem+json');
  });

  it('limits what one address, or one /64 of IPv6, changes, and leaves others alone', async () => {
    const strict = await runTracker({
      TRUSTED_PROXIES: '127.0.0.0/8',
      REGISTRY_RATE_PER_SEC: '0.001',
      REGISTRY_RATE_BURST: '3',
    });
    onTestFinished(() => strict.stop());
    const add = async (from: string, name: string) =>
      fetch(`${strict.url}/add?filename=${name}&hash=h`, {
        method: 'POST',
        headers: { 'x-forwarded-for': from },
      });
    for (const n of [1, 2, 3]) expect((await add(`2001:db8::${n}`, `film-${n}`)).status).toBe(200);
    const refused = await add('2001:db8::4', 'film-4');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ status: 429 });
    expect((await add('2001:db8:0:1::1', 'film-5')).status).toBe(200);
    expect((await fetch(`${strict.url}/peers?filename=film-4`)).status).toBe(200);
  });

  it('removes the caller’s own mapping only', async () => {
    await call('POST', '/add?filename=shared&hash=h', { from: '1.1.1.1' });
    await call('POST', '/add?filename=shared&hash=h', { from: '2.2.2.2' });
    const remove = (from: string) => call('POST', '/remove', { from, body: { filename: 'shared' } });
    expect(await remove('1.1.1.1')).toMatchObject({ body: { removed: true } });
    expect(await remove('3.3.3.3')).toMatchObject({ status: 200, body: { removed: false } });
    const { body } = await call('GET', '/peers?filename=shared');
    expect(body.peers).toMatchObject([{ ip: '2.2.2.2' }]);
  });

  it('removes a caller that goes offline from every file', async () => {
    for (const name of ['x', 'y', 'z'])
      await call('POST', `/add?filename=${name}&hash=h`, { from: '9.9.9.9' });
    expect(await call('POST', '/peer_offline', { from: '9.9.9.9', body: '' })).toMatchObject({
      status: 200,
      body: { count: 3 },
    });
    expect((await call('GET', '/peers?filename=x')).body.peers).toEqual([]);
  });

  it('lists the files in pages', async () => {
    for (const name of ['page-1', 'page-2', 'page-3']) await call('POST', `/add?filename=${name}&hash=h`);
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await call('GET', `/all_trackers?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      expect(body.files.length).toBeLessThanOrEqual(2);
      names.push(...body.files.map((file: { filename: string }) => file.filename));
      cursor = body.cursor;
    } while (cursor);
    expect(names).toEqual(expect.arrayContaining(['page-1', 'page-2', 'page-3']));
    expect(names).toEqual(names.toSorted());
  });

  it.each([
    ['no filename', '/add?hash=h', 'filename is required'],
    ['no hash', '/add?filename=f', 'hash is required'],
    ['a NUL in the filename', '/add?hash=h&filename=a%00b', 'control characters'],
    ['a path', '/add?hash=h&filename=..%2F..%2Fetc%2Fpasswd', 'a path'],
    ['a parent folder', '/add?hash=h&filename=..', 'a path'],
    ['a filename of 10 kB', `/add?hash=h&filename=${'a'.repeat(10_000)}`, '255 bytes'],
    ['a filename given twice', '/add?hash=h&filename=a&filename=b', 'more than once'],
    ['a hash of 10 kB', `/add?filename=f&hash=${'a'.repeat(10_000)}`, 'hash is'],
    ['a hash with markup', '/add?filename=f&hash=%3Cscript%3E', 'hash is'],
  ])('refuses %s', async (_what, path, detail) => {
    const answer = await call('POST', path);
    expect(answer).toMatchObject({ status: 400, body: { status: 400 } });
    expect(answer.body.detail).toContain(detail);
  });

  it.each([
    ['an array', '[]'],
    ['a broken body', '{"filename":'],
    ['a wrong type', '{"filename":7,"hash":"h"}'],
    ['a poisoned prototype', '{"__proto__":{"filename":"x"},"filename":"f","hash":"h"}'],
  ])('refuses %s as a body', async (_what, body) => {
    expect(await call('POST', '/add', { body })).toMatchObject({ status: 400 });
  });

  it.each(['limit=0', 'limit=-1', 'limit=x', 'limit=1001', 'cursor=%00'])(
    'refuses a page of %s',
    async (query) => {
      expect(await call('GET', `/all_trackers?${query}`)).toMatchObject({ status: 400 });
    },
  );
});
