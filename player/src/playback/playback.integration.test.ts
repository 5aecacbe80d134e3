import { beforeEach, describe, expect, it } from 'vitest';
import { createTestPlatform } from '../../testing/platform.ts';
import { failureOf, type PlayerFailure } from './failure.ts';
import { createPlayback, type Playback, type PlaybackState } from './playback.ts';
import type { AttachOptions } from './showing.ts';

/** A playback whose peers are never reached: what is seen is what it does about it. */
describe('a playback', () => {
  let test: ReturnType<typeof createTestPlatform>;
  let states: PlaybackState[];
  let attached: AttachOptions[];
  let position: number | null;
  let isPaused: boolean;
  let audioLosses: number;
  let changes: string[];
  let playback: Playback;

  const kinds = () => states.map(({ kind }) => kind);
  const sessions = () => test.mutations.filter((name) => name === 'CreateSession').length;
  const begin = async (seconds = 0) => {
    playback.begin(seconds);
    await expect.poll(() => attached.length).toBeGreaterThan(0);
  };

  beforeEach(() => {
    test = createTestPlatform();
    states = [];
    attached = [];
    position = null;
    isPaused = false;
    audioLosses = 0;
    changes = [];
    playback = createPlayback({
      platform: test.platform,
      catalogId: 'ab'.repeat(32),
      deviceId: 'test',
      screen: {
        position: () => position,
        isToPlay: () => true,
        pause: () => {
          isPaused = true;
        },
        async attach(options) {
          attached.push(options);
          return { place: () => null, detach() {} };
        },
        play: async () => {},
      },
      formFor: (quality, audioTrack) =>
        audioTrack === null
          ? { rendition: quality === 'remux' ? 'remux' : 'original' }
          : { rendition: 'remux', audioTrack },
      onState: (state) => states.push(state),
      onConnected() {},
      onAudioLost: () => {
        audioLosses += 1;
      },
      onFormChanged: ({ from, to, failure }) =>
        changes.push(`${from.rendition} → ${to.rendition}: ${failure.reason}`),
    });
  });

  it('starts a session, looks for a peer and attaches the form from its place', async () => {
    await begin(30);
    expect(kinds()).toEqual(['starting', 'connecting']);
    expect(attached[0]).toMatchObject({ startSeconds: 30, form: { rendition: 'original' }, isOpen: true });
  });

  it('fails with the reason when there is no session to be had', async () => {
    test.refuseSessions({ __typename: 'NotEntitled', message: 'no' });
    playback.begin(0);
    await expect.poll(() => states.at(-1)).toMatchObject({ kind: 'failed', error: { message: 'no' } });
  });

  it('fails when the platform refuses its signals', async () => {
    test.refuseSignals('FORBIDDEN');
    await begin();
    await expect
      .poll(() => states.at(-1))
      .toMatchObject({ kind: 'failed', error: { message: 'No peer could be reached: refused.' } });
    attached[0]?.onFailure({ kind: 'unreadable', reason: 'there is no connection' });
    expect(states.at(-1)).toMatchObject({ error: { message: 'No peer could be reached: refused.' } });
  });

  it('tries another form in a session of its own when one cannot be decoded, until none is left', async () => {
    await begin();
    playback.screen.undecodable('no decoder');
    await expect.poll(() => attached.at(-1)?.form.rendition).toBe('remux');
    expect(sessions()).toBe(2);
    playback.screen.undecodable('no decoder either');
    await expect.poll(() => attached.at(-1)?.form.rendition).toBe('transcode');
    expect(sessions()).toBe(3);
    playback.screen.undecodable('still none');
    expect(states.at(-1)).toEqual({ kind: 'undecodable', reason: 'still none' });
    expect(changes).toEqual(['original → remux: no decoder', 'remux → transcode: no decoder either']);
  });

  it.each<[string, PlayerFailure]>([
    ['a refusal', { kind: 'refused', code: 'read_failed', reason: 'the disk is gone' }],
    ['a lost network', { kind: 'unreadable', reason: 'gone' }],
    ['a film that stands', { kind: 'stuck', reason: 'stands' }],
  ])('keeps its form after %s, and says what it was', async (_what, failure) => {
    await begin(28);
    attached[0]?.onFailure(failure);
    expect(states.at(-1)).toMatchObject({ kind: 'failed', failure });
    playback.begin();
    await expect.poll(() => attached.length).toBe(2);
    expect(attached[1]).toMatchObject({ startSeconds: 28, form: { rendition: 'original' } });
    expect(changes).toEqual([]);
  });

  it.each<[string, PlayerFailure]>([
    ['an exception of its own', failureOf(new DOMException('not open', 'InvalidStateError'))],
    ['a full memory', failureOf(new DOMException('full', 'QuotaExceededError'))],
  ])(
    'attaches the same form again after %s, and gives up where that does not help',
    async (_what, failure) => {
      await begin();
      position = 40;
      for (let repeats = 1; repeats <= 2; repeats += 1) {
        attached.at(-1)?.onFailure(failure);
        await expect.poll(() => attached.length).toBe(repeats + 1);
        expect(attached.at(-1)).toMatchObject({ startSeconds: 40, form: { rendition: 'original' } });
      }
      position = 50;
      attached.at(-1)?.onFailure(failure);
      await expect.poll(() => attached.length).toBe(4);
      for (let repeats = 1; repeats <= 2; repeats += 1) {
        attached.at(-1)?.onFailure(failure);
        await new Promise(setImmediate);
      }
      expect(states.at(-1)).toMatchObject({ kind: 'failed', failure });
      expect([sessions(), changes]).toEqual([1, []]);
    },
  );

  it('plays on from the very beginning when that is where the viewer is', async () => {
    await begin(90);
    position = 0;
    playback.setQuality('remux');
    await expect.poll(() => attached.at(-1)).toMatchObject({ startSeconds: 0, form: { rendition: 'remux' } });
    expect(sessions()).toBe(1);
  });

  it('says so when the audio track that was chosen is lost', async () => {
    await begin();
    playback.setAudioTrack(2);
    await expect.poll(() => attached.at(-1)?.form).toEqual({ rendition: 'remux', audioTrack: 2 });
    playback.screen.undecodable('no');
    await expect.poll(() => attached.at(-1)?.form).toEqual({ rendition: 'transcode', audioTrack: 2 });
    playback.screen.undecodable('no');
    await expect.poll(() => attached.at(-1)?.form).toEqual({ rendition: 'original' });
    expect([audioLosses, playback.audioTrack()]).toEqual([1, null]);
  });

  it('begins again after its end, and not before it', async () => {
    await begin();
    playback.screen.resumed();
    expect(sessions()).toBe(1);
    playback.screen.finished();
    expect(test.mutations).toContain('Stop');
    position = 5;
    playback.screen.resumed();
    await expect.poll(() => attached.at(-1)?.startSeconds).toBe(5);
    expect(sessions()).toBe(2);
  });

  it('starts another session when its own has expired', async () => {
    await begin();
    position = 12;
    test.respondToHeartbeats('EXPIRED');
    test.runTimers();
    await expect.poll(sessions).toBe(2);
    await expect.poll(() => attached.at(-1)?.startSeconds).toBe(12);
  });

  it('pauses and leaves the peer when another device ends its session', async () => {
    await begin();
    test.respondToHeartbeats('TERMINATED');
    test.runTimers();
    await expect.poll(() => states.at(-1)).toEqual({ kind: 'taken-over' });
    expect(isPaused).toBe(true);
  });

  it('ends its session when it is released, and says no more', async () => {
    await begin();
    const before = states.length;
    playback.release();
    expect(test.mutations).toContain('Stop');
    test.runTimers();
    expect(states).toHaveLength(before);
  });
});
