import type { Logger } from '@giggityflix/kernel';
import { DATA_CHANNEL_LABEL } from '@giggityflix/proto/data-channel';
import type { IceServerConfig } from '../webrtc/ice-servers.ts';
import type { Candidate, CreateRtcConnection, RtcChannel, RtcState } from '../webrtc/rtc.ts';
import { UNLIMITED } from './bandwidth.ts';
import { createViewerChannel, type ViewerChannel, type ViewerChannelOptions } from './viewer-channel.ts';

export interface SessionOptions
  extends Pick<
    ViewerChannelOptions,
    | 'sessionId'
    | 'catalogId'
    | 'verifier'
    | 'bandwidth'
    | 'openRendition'
    | 'releaseRendition'
    | 'conversions'
    | 'subtitles'
    | 'mayOpen'
    | 'now'
  > {
  createConnection: CreateRtcConnection;
  /** Whether the cap does not apply to a viewer at this address. */
  isUnlimited(viewerAddress: string): boolean;
  iceServers: IceServerConfig[];
  openTimeoutMs: number;
  logger: Logger;
  onAnswer(sdp: string): void;
  onCandidate(candidate: Candidate): void;
  onSent(bytes: number): void;
  /** Everything is released; called once. */
  onEnd(reason: string): void;
}

/** One viewer's connection, from its offer to its end. */
export interface ViewerSession {
  readonly startedAt: number;
  /** True from the first accepted token until the session is revoked. */
  isOpen(): boolean;
  /** True once a token has been accepted. */
  wasOpened(): boolean;
  state(): RtcState;
  accept(offerSdp: string): Promise<void>;
  addCandidate(candidate: Candidate): Promise<void>;
  end(reason: string): Promise<void>;
  /** Ends it, with the reason as the last message to the viewer. */
  revoke(reason: string): Promise<void>;
  /** When the token seen last ends, in milliseconds since 1970; null before the first. */
  tokenEndsAtMs(): number | null;
}

export function createViewerSession(options: SessionOptions): ViewerSession {
  let viewer: ViewerChannel | null = null;
  let open = false;
  let ended = false;
  let revoked = false;
  let state: RtcState = 'connecting';

  const end = async (reason: string) => {
    if (ended) return;
    ended = true;
    clearTimeout(notOpened);
    await viewer?.close(reason);
    connection.close();
    options.onEnd(reason);
  };

  const notOpened = setTimeout(() => void end('no valid token in time'), options.openTimeoutMs);

  const onState = (next: RtcState) => {
    state = next;
    if (next !== 'connecting' && next !== 'connected') void end(`connection ${next}`);
  };

  const onChannel = (channel: RtcChannel) => {
    if (viewer || channel.label !== DATA_CHANNEL_LABEL) {
      options.logger.info({ label: channel.label.slice(0, 64) }, 'refused a data channel');
      channel.close();
      return;
    }
    const address = connection.viewerAddress();
    viewer = createViewerChannel({
      ...options,
      channel,
      bandwidth: address !== null && options.isUnlimited(address) ? UNLIMITED : options.bandwidth,
      onOpened() {
        open = true;
        clearTimeout(notOpened);
      },
      onClosed: (reason) => void end(reason),
    });
  };

  const connection = options.createConnection(options.iceServers, {
    candidate: options.onCandidate,
    state: onState,
    channel: onChannel,
  });

  return {
    startedAt: Date.now(),
    isOpen: () => open && !revoked,
    wasOpened: () => open,
    state: () => state,
    async accept(offerSdp) {
      try {
        const answer = await connection.answer(offerSdp);
        if (!ended) options.onAnswer(answer);
      } catch (error) {
        options.logger.info({ err: error }, 'an offer was not understood');
        await end('the offer was not understood');
      }
    },
    async revoke(reason) {
      revoked = true;
      await viewer?.refuse('session_ended', reason);
      await end(reason);
    },
    tokenEndsAtMs: () => viewer?.tokenEndsAtMs() ?? null,
    addCandidate: (candidate) => connection.addCandidate(candidate),
    end,
  };
}
