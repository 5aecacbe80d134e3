import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Viewer } from '../harness.ts';
import type { FromPeer, ToPeer } from './peer-process.ts';

/** A peer that shares the film of a viewer from a process of its own, which can be killed and made to lie. */
export async function startPeerProcess(viewer: Viewer, peerId: string, kbps: number) {
  const child: ChildProcess = fork(new URL('./peer-process.ts', import.meta.url), { stdio: 'inherit' });
  const tell = (message: ToPeer) => void (child.connected && child.send(message));
  const { promise: sharing, resolve: shares, reject: fail } = Promise.withResolvers<string>();
  const exited = once(child, 'exit');
  void exited.then(() => fail(new Error(`${peerId} has ended`)));
  let sentBytes = 0;
  child.on('message', (message: FromPeer) => {
    if (message.type === 'sharing') shares(message.copy);
    else if (message.type === 'sent') sentBytes = message.bytes;
    else viewer.gateway.relay({ ...message.signal, catalogId: Buffer.alloc(0) }, peerId);
  });
  tell({ type: 'share', path: viewer.film.path, jwks: viewer.jwks, kbps });
  const copy = await sharing;
  return {
    peerId,
    handleSignal: ({ sessionId, signal, iceServers }: Parameters<Viewer['gateway']['relay']>[0]) =>
      tell({ type: 'signal', signal: { sessionId, signal, iceServers } }),
    sentBytes: () => sentBytes,
    lie: () => tell({ type: 'lie' }),
    /** At once, and without a word to anybody. */
    kill: () => void child.kill('SIGKILL'),
    async stop() {
      tell({ type: 'end' });
      await exited;
      await rm(copy, { force: true });
    },
  };
}
