import { readFileSync } from 'node:fs';
import type { PlaybackSignal } from '@giggityflix/proto';
import { requireChromium } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SignalTarget } from './fake-signalling.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);

describe.skipIf(program.skip)('the offer that comes with the request for a session', () => {
  let browser: Browser;
  let viewer: Viewer;

  beforeAll(async () => {
    browser = await launchBrowser(program.path);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    viewer = await openViewer(browser, readFileSync(FILM), {
      name: 'Counting Seconds',
      durationSeconds: 40,
      container: 'mp4',
      videoCodec: 'avc',
      audioCodec: 'aac',
    });
  });
  afterEach(() => viewer.close());

  const requests = () => viewer.gateway.calls.filter(({ operation }) => operation === 'CreateSession');
  /** To the first source, by themselves. */
  const laterOffers = () =>
    viewer.gateway.calls.filter(
      ({ operation, variables }) =>
        operation === 'SendSignal' &&
        variables.source === 0 &&
        (variables.signal as { offer?: object }).offer !== undefined,
    );

  it('goes to a peer before anything else is asked', async () => {
    const peer = viewer.addPeer();
    const offers: string[] = [];
    const counted: SignalTarget = {
      ...peer,
      handleSignal(signal) {
        if (signal.signal?.$case === 'description') offers.push(signal.signal.value.sdp);
        peer.handleSignal(signal);
      },
    };
    viewer.gateway.setPeers([counted]);
    await viewer.play();
    expect(requests().map(({ variables }) => variables.input)).toEqual([
      expect.objectContaining({ offer: { type: 'offer', sdp: offers[0] } }),
    ]);
  });

  it('is answered by the subscription where its peer takes longer than the request', async () => {
    const held: PlaybackSignal[] = [];
    let hold = true;
    const peer = viewer.addPeer({
      sendSignal(signal) {
        if (hold) held.push(signal);
        else viewer.gateway.relay(signal, 'peer-1');
      },
    });
    viewer.gateway.setPeers([peer]);
    const created = viewer.page.waitForResponse(
      (response) => response.request().postData()?.includes('mutation CreateSession') === true,
    );
    await viewer.watch();
    await created;
    hold = false;
    for (const signal of held) viewer.gateway.relay(signal, 'peer-1');
    await viewer.playedPast(0.5);
    expect(requests()).toHaveLength(1);
  });

  it('is followed by one to another peer where the first has no room', async () => {
    const full: SignalTarget = {
      peerId: 'full',
      handleSignal({ sessionId, signal }) {
        if (signal?.$case === 'description')
          viewer.gateway.relay(
            { sessionId, signal: { $case: 'lost', value: { reason: 'BUSY' } } } as never,
            'full',
          );
      },
    };
    const peer = viewer.addPeer();
    viewer.gateway.setPeers([full, peer]);
    await viewer.watch();
    await viewer.playedPast(0.5);
    expect(requests()).toHaveLength(1);
    expect(laterOffers().length).toBeGreaterThan(0);
    expect(viewer.gateway.servedBy('session-1')).toBe(peer.peerId);
  });

  it('is done without where the service does not know of it', async () => {
    viewer.gateway.setPeers([viewer.addPeer()]);
    await viewer.page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('offerAccepted')) return route.fallback();
      const errors = [{ message: 'unknown', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }];
      await route.fulfill({ status: 400, contentType: 'application/json', body: JSON.stringify({ errors }) });
    });
    await viewer.play();
    expect(requests().map(({ variables }) => Object.keys(variables.input as object))).toEqual([
      expect.not.arrayContaining(['offer']),
    ]);
    expect(laterOffers().length).toBeGreaterThan(0);
  });
});
