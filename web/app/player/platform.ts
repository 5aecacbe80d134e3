import { globalTimers, type Platform } from '@giggityflix/player';
import { graphql } from '../graphql.ts';
import { createPageHashing } from './hashing.ts';
import { randomId } from './random-id.ts';
import { offerChannel } from './rtc.ts';

/** The player's platform in a page. */
export const platform: Platform = {
  graphql,
  offerChannel,
  // Firefox before 119 takes its servers at the beginning alone.
  offersAhead: 'setConfiguration' in (globalThis.RTCPeerConnection?.prototype ?? {}),
  hashing: createPageHashing(),
  timers: globalTimers,
};

let channels: number | null = null;

/** Channels this device can give out; stereo where the browser does not say. */
export function deviceChannels(): number {
  if (channels !== null) return channels;
  try {
    const context = new AudioContext();
    channels = Math.max(2, context.destination.maxChannelCount);
    void context.close();
  } catch {
    channels = 2;
  }
  return channels;
}

const DEVICE_KEY = 'giggityflix.device';

/** Names this browser in the sessions it starts; made once and kept. */
export function deviceId(): string {
  let id = localStorage.getItem(DEVICE_KEY);
  if (!id) {
    id = `web-${randomId()}`;
    localStorage.setItem(DEVICE_KEY, id);
  }
  return id;
}
