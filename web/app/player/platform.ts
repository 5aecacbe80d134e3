import { globalTimers, type Platform } from '@giggityflix/player';
import { graphql } from '../graphql.ts';
import { hashPiece, sha256 } from './hashing.ts';
import { offerChannel } from './rtc.ts';

/** The player's platform in a page. */
export const platform: Platform = {
  graphql,
  offerChannel,
  hashing: { sha256, hashPiece },
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
    id = `web-${crypto.randomUUID()}`;
    localStorage.setItem(DEVICE_KEY, id);
  }
  return id;
}
