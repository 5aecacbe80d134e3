import { ARTWORK_KINDS } from '@giggityflix/proto/media-file';
import { z } from 'zod';
import { catalogId, connectionId, edgeId, opaqueId, peerId, timestamp } from './values.ts';

/** Most catalog ids one event carries; a larger catalog is announced in several. */
export const MAX_CATALOG_IDS_PER_EVENT = 10_000;

const catalogIds = z.array(catalogId).max(MAX_CATALOG_IDS_PER_EVENT);

/** `connected | disconnected` is how the edge document names the two halves of a connection's life. */
export const peerConnectionEstablished = z.object({
  event_type: z.literal('connected').default('connected'),
  peer_id: peerId,
  edge_id: edgeId,
  connection_id: connectionId,
  catalog_ids: catalogIds,
  /** A keyed hash of the network the peer comes from (/24 or /48): equal for neighbours, and names no address. */
  network: z.string().min(1).max(64).optional(),
  timestamp,
});

export const HOLDING_OUTCOMES = ['proven', 'failed', 'unanswered'] as const;

/** The edge asked a peer for a random block of a file that it announced: what came of it. */
export const peerHoldingChecked = z.object({
  peer_id: peerId,
  edge_id: edgeId,
  connection_id: connectionId,
  catalog_id: catalogId,
  outcome: z.enum(HOLDING_OUTCOMES),
  timestamp,
});

export const peerConnectionClosed = z.object({
  event_type: z.literal('disconnected').default('disconnected'),
  peer_id: peerId,
  edge_id: edgeId,
  connection_id: connectionId,
  reason: z.enum([
    'closed_by_peer',
    'stream_error',
    'timeout',
    'replaced',
    'edge_draining',
    'protocol_violation',
    'edge_lost',
    'revoked',
  ]),
  timestamp,
});

/** Most connections one heartbeat event reports. */
export const MAX_CONNECTIONS_PER_HEARTBEAT = 1_000;

/**
 * The edge reports that these connections are alive, so that a healthy peer is never considered stale. One event covers
 * many peers: one for each would be most of the traffic on the bus.
 */
export const peerConnectionHeartbeat = z.object({
  edge_id: edgeId,
  connections: z
    .array(
      z.object({ peer_id: peerId, connection_id: connectionId, active_streams: z.int().min(0).default(0) }),
    )
    .max(MAX_CONNECTIONS_PER_HEARTBEAT),
  timestamp,
});

/**
 * A change of what a peer shares. A full update replaces the peer's catalog; one too large for an event
 * is sent as a run of parts with the same `update_id`, and takes effect with the `final` one.
 */
export const peerCatalogUpdated = z.object({
  peer_id: peerId,
  edge_id: edgeId,
  connection_id: connectionId,
  catalog_ids: catalogIds,
  removed_catalog_ids: catalogIds.default([]),
  /** Replaced at their paths by other content: what the peer said of them is forgotten. */
  superseded_catalog_ids: catalogIds.optional(),
  is_full_update: z.boolean(),
  update_id: opaqueId.optional(),
  final: z.boolean().default(true),
  timestamp,
});

export const sessionDescription = z.object({
  type: z.enum(['offer', 'answer']),
  sdp: z.string().min(1).max(65_536),
});
export const iceCandidate = z.object({
  candidate: z.string().max(1_024),
  sdp_mid: z.string().max(64).nullish(),
  sdp_m_line_index: z.int().min(0).max(255).nullish(),
});

/** A WebRTC signal for a playback session, in either direction. */
export const signal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('description'), description: sessionDescription }),
  z.object({ kind: z.literal('candidate'), candidate: iceCandidate }),
  z.object({ kind: z.literal('lost'), reason: z.string().max(500).default('') }),
]);

export const COMMAND_TYPES = [
  'file_delete',
  'file_hash',
  'screenshot_capture',
  'stream_signal',
  /** From one edge to another: the peer has a newer connection, `parameters.connection_id`. */
  'connection_replaced',
  /** From the tracker: nobody has announced the catalog of the peer's connection, `parameters.connection_id`. */
  'announce_again',
] as const;

export const edgeCommand = z.object({
  type: z.enum(COMMAND_TYPES),
  request_id: opaqueId,
  peer_id: peerId,
  /** The topic that takes the answer; the edge accepts only the response topics it knows. */
  reply_to: z.string().max(249).nullish(),
  expires_at: timestamp,
  parameters: z.record(z.string(), z.unknown()).default({}),
});

/** `parameters` of a `stream_signal` command. */
export const streamSignalParameters = z.object({
  session_id: opaqueId,
  catalog_id: catalogId,
  signal,
  /** With an offer: distinguishes accounts, and names none. */
  account: z.string().max(64).optional(),
  ice_servers: z
    .array(
      z.object({
        urls: z.array(z.string().max(500)).max(10),
        username: z.string().max(500).optional(),
        credential: z.string().max(500).optional(),
      }),
    )
    .max(10)
    .default([]),
});

/** Why a command was not executed. */
export const commandFailure = z.enum(['peer_offline', 'expired', 'refused', 'failed']);

export const commandResponse = z.object({
  request_id: opaqueId,
  peer_id: peerId,
  catalog_id: z.nullish(catalogId),
  success: z.boolean(),
  error: z.string().max(2_000).nullish(),
  error_code: commandFailure.nullish(),
  result: z.record(z.string(), z.unknown()).default({}),
  timestamp,
});

export const peerPlaybackSignal = z.object({ session_id: opaqueId, peer_id: peerId, signal, timestamp });

export const catalogAvailabilityChanged = z.object({
  catalog_id: catalogId,
  available_peer_count: z.int().min(0),
  is_available: z.boolean(),
  timestamp,
});

export const catalogSubscriptionMatched = z.object({
  subscription_id: opaqueId,
  service_id: opaqueId.nullish(),
  user_id: opaqueId.nullish(),
  catalog_id: catalogId,
  available_peers: z.array(peerId).max(100),
  available_peer_count: z.int().min(0),
  timestamp,
});

export const PLAYBACK_EVENT_TYPES = [
  'playback.started',
  'playback.paused',
  'playback.resumed',
  'playback.stopped',
  'playback.completed',
  'playback.heartbeat',
] as const;

export const playbackEvent = z.object({
  type: z.enum(PLAYBACK_EVENT_TYPES),
  session_id: opaqueId,
  user_id: opaqueId,
  profile_id: opaqueId,
  content_id: opaqueId,
  device_id: opaqueId,
  position: z.number().min(0),
  /** Why a session ended: stopped by the viewer, terminated, or its lease expired. */
  reason: z.enum(['stopped', 'terminated', 'expired']).nullish(),
  timestamp,
});

/** A picture of a media file, for the catalog's artwork: a frame, or one that lies beside or in the file. */
export const artworkCaptured = z.object({
  peer_id: peerId,
  catalog_id: catalogId,
  index: z.int().min(0).max(99),
  mime_type: z.enum(['image/jpeg', 'image/webp', 'image/png']),
  width: z.int().min(1).max(16_384),
  height: z.int().min(1).max(16_384),
  at_seconds: z.number().min(0),
  /** Base64, at most 512 kB. Without any the picture of this index is taken back. */
  data: z.string().max(524_288),
  /** Missing for a frame. */
  kind: z.enum(ARTWORK_KINDS).optional(),
  timestamp,
});

export type PeerConnectionEstablished = z.infer<typeof peerConnectionEstablished>;
export type PeerHoldingChecked = z.infer<typeof peerHoldingChecked>;
export type PeerConnectionClosed = z.infer<typeof peerConnectionClosed>;
export type PeerLifecycleEvent = PeerConnectionEstablished | PeerConnectionClosed;
export type PeerConnectionHeartbeat = z.infer<typeof peerConnectionHeartbeat>;
export type PeerCatalogUpdated = z.infer<typeof peerCatalogUpdated>;
export type Signal = z.infer<typeof signal>;
export type EdgeCommand = z.infer<typeof edgeCommand>;
export type StreamSignalParameters = z.infer<typeof streamSignalParameters>;
export type CommandFailure = z.infer<typeof commandFailure>;
export type CommandResponse = z.infer<typeof commandResponse>;
export type PeerPlaybackSignal = z.infer<typeof peerPlaybackSignal>;
export type CatalogAvailabilityChanged = z.infer<typeof catalogAvailabilityChanged>;
export type CatalogSubscriptionMatched = z.infer<typeof catalogSubscriptionMatched>;
export type PlaybackEvent = z.infer<typeof playbackEvent>;
export type ArtworkCaptured = z.infer<typeof artworkCaptured>;
