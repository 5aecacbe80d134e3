import { createLogger } from '@giggityflix/kernel';
import { expect, it, vi } from 'vitest';
import type { RtcChannel } from '../webrtc/rtc.ts';
import { createBandwidth } from './bandwidth.ts';
import { createViewerChannel } from './viewer-channel.ts';

function setUp() {
  const sent: { type: string; code?: string }[] = [];
  const close = vi.fn();
  let leave = () => {};
  const channel: RtcChannel = {
    label: 'giggityflix/1',
    maxMessageBytes: 262_144,
    send: (message) => sent.push(JSON.parse(message as string)) > 0,
    bufferedAmount: () => 0,
    drained: async () => {},
    onMessage() {},
    onClose(listener) {
      leave = listener;
    },
    close,
  };
  const never = () => {
    throw new Error('not asked for');
  };
  const viewer = createViewerChannel({
    channel,
    sessionId: 's',
    catalogId: 'c',
    bandwidth: createBandwidth(0),
    verifier: { verify: never, setKeySet() {} },
    openRendition: never,
    releaseRendition() {},
    conversions: never,
    subtitles: { list: never, read: never },
    mayOpen: () => true,
    onOpened() {},
    onSent() {},
    onClosed() {},
    now: Date.now,
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  return { viewer, sent, close, leave: () => leave() };
}

it('a channel that is refused stays open until its viewer has read why', async () => {
  const { viewer, sent, close, leave } = setUp();
  const refused = viewer.refuse('session_ended', 'it has ended');
  expect(sent).toEqual([{ type: 'error', code: 'session_ended', message: 'it has ended' }]);
  await Promise.resolve();
  expect(close).not.toHaveBeenCalled();
  leave();
  await refused;
  expect(close).toHaveBeenCalledOnce();
});

it('and is closed all the same when its viewer stays', async () => {
  const { viewer, close } = setUp();
  await viewer.refuse('session_ended', 'it has ended');
  expect(close).toHaveBeenCalledOnce();
});
