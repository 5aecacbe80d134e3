import type { IceServerConfig } from '../webrtc/ice-servers.ts';

/** The daemon's WebRTC settings, as its environment gives them. */
export interface StreamingConfig {
  stunServers: readonly string[];
  /** Asked where neither the owner nor the platform names one. */
  fallbackStunServers?: readonly string[];
  turnServers: readonly string[];
  turnUsername: string;
  turnPassword: string;
  /** Consecutive UDP ports to use; any where it is empty. */
  ports?: readonly number[];
  /** Shared by all viewers, in kilobits per second; 0 for no limit. */
  maxBandwidthKbps: number;
  /** Whether that applies to viewers in this machine's own network, too. */
  limitsOwnNetwork?: boolean;
  /** Viewers served at once. */
  maxStreams: number;
  /** Secret of HS256 playback tokens; without it only EdDSA tokens of the published key set are taken. */
  jwtSecret?: string | null;
  /** A further one, for the time in which it is changed. */
  jwtAcceptedSecret?: string | null;
  /** Program that makes renditions; without it only originals are served. */
  ffmpegPath?: string | null;
  /** Finds key frames; without it the clock of a remuxed film is a few seconds off after a seek. */
  ffprobePath?: string | null;
  /** Conversions of 1080 lines at once; half the cores where it is not given. Smaller ones and remuxes cost less. */
  maxRenditions?: number;
  /** How long a viewer may take from its offer to a valid token, in milliseconds. */
  openTimeoutMs?: number;
}

/** Enough for a slow phone on a slow line to connect through TURN, for which the player waits 12 s. */
export const DEFAULT_OPEN_TIMEOUT_MS = 15_000;

/** The servers candidates are gathered from: the owner's, then those that came with the offer. */
export function iceServersOf(
  config: StreamingConfig,
  offered: readonly IceServerConfig[],
): IceServerConfig[] {
  const { stunServers, fallbackStunServers = [] } = config;
  return [{ urls: [...stunServers] }, turnOf(config), ...offered, { urls: [...fallbackStunServers] }].filter(
    (server) => server.urls.length > 0,
  );
}

/** The owner's relays. */
export function turnOf({ turnServers, turnUsername, turnPassword }: StreamingConfig): IceServerConfig {
  return turnUsername === ''
    ? { urls: [...turnServers] }
    : { urls: [...turnServers], username: turnUsername, credential: turnPassword };
}
