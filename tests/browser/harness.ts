import { type Browser, chromium, type Page } from 'playwright-core';
import { vi } from 'vitest';
import { createIssuer, createTestPeer, shareFile } from '../../peer/testing/streaming.ts';
import { ensureBuilt, webRoot } from '../../web/src/index.ts';
import { CHROMIUM_ARGS } from './chromium.ts';
import { type FakeFile, startFakeGateway } from './fake-gateway.ts';
import type { FakeSignIn } from './fake-sign-in.ts';

/** The parts of HTMLVideoElement used below, which run in the page. */
interface VideoElement {
  currentTime: number;
  duration: number;
  buffered: { length: number; end(index: number): number };
  getVideoPlaybackQuality(): { totalVideoFrames: number };
}
const stateOf = (element: unknown) => {
  const video = element as VideoElement;
  return {
    time: video.currentTime,
    duration: video.duration,
    /** Where what has been fetched ends; 0 when nothing has. */
    bufferedTo: video.buffered.length > 0 ? video.buffered.end(video.buffered.length - 1) : 0,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
  };
};
const seek = (element: unknown, seconds: number) => {
  (element as VideoElement).currentTime = seconds;
};

export async function launchBrowser(executablePath: string): Promise<Browser> {
  await ensureBuilt();
  return chromium.launch({ executablePath, args: CHROMIUM_ARGS });
}

/** A page of the viewer, a gateway without services behind it, and real streaming peers that share one film. */
export async function openViewer(
  browser: Browser,
  bytes: Buffer,
  described: Omit<FakeFile, 'catalogId' | 'sizeBytes'>,
  options: {
    /** The language the browser is set to. */
    locale?: string;
    /** The name in the page's address, and its query. */
    host?: string;
    query?: string;
    /** Someone is signed in there. */
    signIn?: FakeSignIn;
    /** What that someone is sees of people. */
    people?: object;
    /** Peers that may serve a session at once. */
    maxSources?: number;
  } = {},
) {
  const { signIn } = options;
  const { locale = 'en-US', host = '127.0.0.1', query = '' } = options;
  const issuer = await createIssuer();
  const { durationSeconds, container, videoCodec, audioCodec } = described;
  const film = await shareFile(bytes, { durationSeconds, container, videoCodec, audioCodec });
  const gateway = await startFakeGateway({
    webRoot,
    signToken: issuer.sign,
    ...(signIn ? { signIn } : {}),
    ...(options.people ? { people: options.people } : {}),
    ...(options.maxSources ? { maxSources: options.maxSources } : {}),
    file: { ...described, catalogId: film.catalogId, sizeBytes: bytes.byteLength },
  });
  const page: Page = await browser.newPage({ locale });
  const peers: ReturnType<typeof createTestPeer>[] = [];
  if (signIn) {
    await page.goto(`${gateway.url}/icon.svg`);
    await page.evaluate(signIn.keepTokens());
  }
  const address = `${gateway.url.replace('127.0.0.1', host)}/${query}`;

  return {
    film,
    gateway,
    /** Keys of the tokens of sessions. */
    jwks: issuer.jwks,
    page,
    /** @param source what it shares, if not the very file the others do. */
    addPeer(config: Parameters<typeof createTestPeer>[2] = {}, source = film.source) {
      const peerId = `peer-${peers.length + 1}`;
      const peer = createTestPeer(source, issuer.jwks, {
        sendSignal: (signal) => gateway.relay(signal, peerId),
        ...config,
      });
      peers.push(peer);
      return { peerId, handleSignal: peer.streaming.handleSignal, streaming: peer.streaming };
    },
    /** Opens the player on the film at once. */
    watch: () => page.goto(`${address}#/watch/${film.catalogId}`),
    video: () => page.locator('video').evaluate(stateOf),
    seekTo: (seconds: number) => page.locator('video').evaluate(seek, seconds),
    /** Waits until the picture is past a time. */
    async playedPast(seconds: number) {
      // Of tests that run concurrently, too, in which `expect.poll` knows of no test.
      const look = async () => {
        const { time } = await page.locator('video').evaluate(stateOf);
        if (time <= seconds) throw new Error(`the player is at ${time} s, and not past ${seconds} s`);
      };
      await vi.waitFor(look, { timeout: 15_000, interval: 25 });
    },
    /** Chooses the title and plays it, as a visitor does. */
    async play() {
      await page.goto(address);
      await page.click('[data-title-id]');
      await page.click('[data-action=play]');
      await this.playedPast(0.5);
    },
    async close() {
      await page.close();
      await Promise.all(peers.map((peer) => peer.streaming.stop()));
      await gateway.stop();
      await film.remove();
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
}

export type Viewer = Awaited<ReturnType<typeof openViewer>>;
