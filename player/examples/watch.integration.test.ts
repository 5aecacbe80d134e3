import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const SCRIPT = join(import.meta.dirname, 'watch.ts');
const SAMPLE = 'Counting Seconds (2026).mp4';
const FIND = `query { titles(first: 1, filter: { search: "Counting Seconds" }) {
  edges { node { files { catalogId } } } } }`;

let stack: TestStack;
beforeAll(async () => {
  stack = await startStack();
  await samplesShared(stack);
});
afterAll(async () => {
  await stack?.dispose();
});

describe('the example of a client', () => {
  const watch = (...args: string[]) => promisify(execFile)(process.execPath, [SCRIPT, stack.origin, ...args]);

  it('writes a film as its peer has it, and ends its session', async () => {
    const response = await fetch(`${stack.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: FIND }),
    });
    const { data } = (await response.json()) as {
      data: { titles: { edges: { node: { files: { catalogId: string }[] } }[] } };
    };
    const { catalogId } = data.titles.edges[0]!.node.files[0]!;
    const folder = mkdtempSync(join(tmpdir(), 'giggityflix-watch-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'film.mp4');

    const { stdout, stderr } = await watch(catalogId, path);

    const film = readFileSync(join(stack.mediaDir, SAMPLE));
    expect(stdout).toBe(`${film.byteLength} bytes, verified\n`);
    expect(stderr).toBe('connecting\nconnected\n');
    expect(readFileSync(path).equals(film)).toBe(true);
    const { data: now } = await stack.client.request('Concurrency');
    expect(now.concurrency.activeStreamCount).toBe(0);
  });

  it('is refused a film that no peer has', async () => {
    await expect(watch('ab'.repeat(32), '/dev/null')).rejects.toThrow(
      'Nobody who has this film is online right now.',
    );
  });
});
