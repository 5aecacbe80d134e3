import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readManifest, safelistedDocuments } from './persisted.ts';

const directory = mkdtempSync(join(tmpdir(), 'safelist-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('a safelist written from clients’ documents lets those pass, by hash or text, and nothing else', () => {
  const documents = join(directory, 'documents.graphql');
  const out = join(directory, 'safelist.json');
  writeFileSync(documents, 'query A { a { ...F } } fragment F on T { x } mutation B { b } # two operations');
  const cli = join(import.meta.dirname, '../../cli/safelist.ts');
  execFileSync(process.execPath, [cli, '--out', out, documents], { stdio: 'ignore' });
  const manifest = readManifest(out);
  expect(manifest.size).toBe(2);
  const list = safelistedDocuments(manifest);
  const [hash, document] = [...manifest].find(([, text]) => text.includes('query A'))!;
  const byHash = { persistedQuery: { version: 1, sha256Hash: hash } };
  expect(list.find(undefined, byHash, undefined)).toEqual({ ok: true, source: document });
  expect(list.find(undefined, undefined, `sha256:${hash}`)).toEqual({ ok: true, source: document });
  const spaced = '  query A {\n a { ...F } } # mine\n fragment F on T { x,, }';
  expect(list.find(spaced, undefined, undefined)).toEqual({ ok: true, source: document });
  for (const foreign of ['query A { a { y } }', 'not graphql "'])
    expect(list.find(foreign, undefined, undefined)).toMatchObject({
      ok: false,
      error: { extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST' } },
    });
});

it('a manifest whose hashes are not those of its documents is refused', () => {
  const path = join(directory, 'forged.json');
  writeFileSync(path, '{"0123":"{ a }"}');
  expect(() => readManifest(path)).toThrow(/forged\.json: "0123" is not the SHA-256/);
});
