import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findProgram, requirePythonGrpc } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningEdge, startEdge } from '../../testing/edge.ts';

const python = requirePythonGrpc();
const grpcurl = findProgram('grpcurl');
const example = (name: string) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

let edge: RunningEdge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge[Symbol.asyncDispose]());

/** Runs a client against the edge; what it printed, and whether it exited 0. */
function run(program: string, args: readonly string[]): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 20_000 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: stdout + stderr }),
    );
  });
}
const connections = () => edge.bus.values('peer.connection.established').map((event) => event.connection_id);

describe.skipIf(python.skip)('a client in Python, made from the proto alone', () => {
  const register = (...spoil: string[]) =>
    run(python.path, [example('register.py'), `127.0.0.1:${edge.port}`, ...spoil]);

  it('registers with a valid proof', async () => {
    const { ok, output } = await register();
    expect({ ok, output }).toMatchObject({ ok: true });
    expect(output).toContain(`registered at edge-1 as ${connections().at(-1)}`);
  });

  it.each([
    ['a wrong signature', 'signature', 'UNAUTHENTICATED: the signature does not prove'],
    ['the proof of another challenge', 'nonce', 'UNAUTHENTICATED: the signature does not prove'],
    ['the proof of another key', 'key', 'UNAUTHENTICATED: the signature does not prove'],
    ['the id of another key', 'id', 'UNAUTHENTICATED: this peer id belongs to another key'],
    ['a message over the limit', 'size', 'RESOURCE_EXHAUSTED'],
  ])('is refused with %s', async (_what, spoil, status) => {
    const before = connections().length;
    const { ok, output } = await register(spoil);
    expect(ok).toBe(false);
    expect(output).toContain(status);
    expect(connections()).toHaveLength(before);
  });
});

// Not a package of Debian, so the tests do not require it.
if (grpcurl !== null) {
  describe('grpcurl, by reflection', () => {
    const register = (...spoil: string[]) =>
      run(example('register.sh'), [`127.0.0.1:${edge.port}`, ...spoil]);

    it('registers with a valid proof and is refused with a wrong one', async () => {
      const { ok, output } = await register();
      expect({ ok, output }).toMatchObject({ ok: true });
      expect(output).toContain(`registered as ${connections().at(-1)}`);
      const refused = await register('spoil');
      expect(refused).toMatchObject({ ok: false, output: expect.stringContaining('Code: Unauthenticated') });
    });
  });
}
