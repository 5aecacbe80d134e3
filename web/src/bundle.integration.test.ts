import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { rewriteAddresses, withDigest } from './digests.ts';
import { ensureBuilt, webRoot } from './index.ts';

const DIGESTED = /-[A-Z0-9]{8}\.[a-z0-9]+$/;
const read = (path: string) => readFileSync(join(webRoot, path));

beforeAll(ensureBuilt, 120_000);

describe('a built page', () => {
  it.each(['index.html', 'graphiql/index.html'])(
    'names by digest what it loads, and all of it is there: %s',
    (page) => {
      const loaded = [
        ...read(page)
          .toString()
          .matchAll(/(?:src|href)="(\/[^"#]+\.(?:js|css))"/g),
      ].map(([, path]) => path!);
      expect(loaded.length).toBeGreaterThan(1);
      for (const path of loaded) {
        expect(path).toMatch(DIGESTED);
        expect(existsSync(join(webRoot, path)), path).toBe(true);
      }
    },
  );

  it('loads workers, and what they load, by names that are there', () => {
    const scripts = readdirSync(webRoot, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.js'),
    );
    const named = scripts.flatMap((path) => [
      ...read(path)
        .toString()
        .matchAll(/"(\/(?:ass\/|graphiql\/|hash-)[\w./-]+\.(?:js|wasm|woff2))"/g),
    ]);
    const paths = new Set(named.map(([, path]) => path!));
    expect(paths.size).toBe(8);
    for (const path of paths) {
      expect(path).toMatch(DIGESTED);
      expect(existsSync(join(webRoot, path)), path).toBe(true);
    }
  });

  it('has a service worker that keeps its name', () => {
    expect(existsSync(join(webRoot, 'sw.js'))).toBe(true);
  });

  it('is there compressed, with the same content', () => {
    const paths = readdirSync(webRoot, { recursive: true, encoding: 'utf8' });
    const packed = paths.filter((path) => /\.(br|gz)$/.test(path));
    expect(packed.length).toBeGreaterThan(10);
    for (const path of packed) {
      const unpack = path.endsWith('.br') ? brotliDecompressSync : gunzipSync;
      expect(unpack(read(path)).equals(read(path.slice(0, -3))), path).toBe(true);
    }
  });
});

describe('addresses', () => {
  it('get digests where they are quoted whole', () => {
    const digested = new Map([['/app.js', '/app-ABCD1234.js']]);
    expect(
      rewriteAddresses(`a("/app.js", '/app.js', "/app.js.map", "/other/app.js", /app.js)`, digested),
    ).toBe(`a("/app-ABCD1234.js", '/app-ABCD1234.js', "/app.js.map", "/other/app.js", /app.js)`);
  });

  it('change with the content alone', () => {
    const [one, same, other] = ['a', 'a', 'b'].map((text) => withDigest('/ass/x.wasm', Buffer.from(text)));
    expect(one).toMatch(/^\/ass\/x-[A-Z0-9]{8}\.wasm$/);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });
});
