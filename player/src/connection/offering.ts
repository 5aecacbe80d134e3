import { DATA_CHANNEL_LABEL } from '@giggityflix/proto/data-channel';
import type { Platform } from '../ports/platform.ts';
import type { ChannelEvents, IceServer, OfferedChannel } from '../ports/rtc.ts';

/** A channel that is offered before there is a session, whose request takes the offer along. */
export interface Offering {
  readonly offer: Promise<string>;
  /** The session is there: candidates are looked for, and what happens is for `events`. */
  use(iceServers: IceServer[], events: ChannelEvents): OfferedChannel;
  /** Nobody uses it. */
  discard(): void;
}

/** Null where the platform cannot offer without knowing the ICE servers. */
export function createOffering({ offerChannel, offersAhead }: Platform): Offering | null {
  if (!offersAhead) return null;
  const { promise: iceServers, resolve: serversAre } = Promise.withResolvers<IceServer[]>();
  let events: ChannelEvents | null = null;
  const channel = offerChannel(
    { label: DATA_CHANNEL_LABEL, iceServers },
    {
      candidate: (candidate) => events?.candidate(candidate),
      opened: () => events?.opened(),
      message: (message) => events?.message(message),
      closed: () => events?.closed(),
      state: (state) => events?.state(state),
    },
  );
  channel.offer.catch(() => {});
  return {
    offer: channel.offer,
    use(servers, users) {
      events = users;
      serversAre(servers);
      return channel;
    },
    discard: () => channel.close(),
  };
}
