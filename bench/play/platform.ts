import type { PlaybackSignal } from '@giggityflix/proto';
import { createIssuer, createTestPeer, shareFile } from '../../peer/testing/streaming.ts';
import { startFakeGateway } from '../../tests/browser/fake-gateway.ts';
import { ensureBuilt, webRoot } from '../../web/src/index.ts';
import type { LinkProfile } from '../link/profile.ts';
import { type LinkedSignals, linkSignals } from '../link/signals.ts';
import type { EmulatedLink, Emulator } from '../link/start.ts';
import { FILM_SECONDS } from './film.ts';

/**
 * Our page, a gateway without services behind it, and a peer that shares the film. Where there is a profile, the page's connection to the
 * peer goes over a link of that kind.
 */
export async function startPlatform(bytes: Buffer, emulator: Emulator, profile: LinkProfile | null) {
  await ensureBuilt();
  const issuer = await createIssuer();
  const parts = { durationSeconds: FILM_SECONDS, container: 'mp4', videoCodec: 'h264', audioCodec: 'aac' };
  const film = await shareFile(bytes, parts);
  const gateway = await startFakeGateway({
    webRoot,
    signToken: issuer.sign,
    file: { ...parts, name: 'Film', catalogId: film.catalogId, sizeBytes: bytes.byteLength },
  });
  const links: EmulatedLink[] = [];
  const signals = new Map<string, Promise<LinkedSignals>>();
  const linked = (sessionId: string): Promise<LinkedSignals> => {
    const known = signals.get(sessionId);
    if (known) return known;
    const opened = emulator.openUdp(profile as LinkProfile).then((link) => {
      links.push(link);
      // A page has a socket for each of its addresses.
      return linkSignals(link, ['near']);
    });
    signals.set(sessionId, opened);
    return opened;
  };
  const carry = (
    side: 'fromNear' | 'fromFar',
    sent: PlaybackSignal,
    pass: (signal: PlaybackSignal) => void,
  ) => {
    if (!profile) return pass(sent);
    void linked(sent.sessionId).then((link) => {
      const signal = link[side](sent.signal);
      if (signal) pass({ ...sent, signal });
    });
  };
  const peer = createTestPeer(film.source, issuer.jwks, {
    sendSignal: (signal) => carry('fromFar', signal as PlaybackSignal, gateway.relay),
  });
  gateway.setPeers([
    {
      peerId: 'peer',
      handleSignal: (signal) => carry('fromNear', signal, peer.streaming.handleSignal),
    },
  ]);
  return {
    port: Number(new URL(gateway.url).port),
    async stop() {
      await peer.streaming.stop();
      await gateway.stop();
      await film.remove();
      for (const link of links) link.close();
    },
  };
}
