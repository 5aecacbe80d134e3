import {
  type OutgoingRecord,
  type Signal,
  type Topic,
  type Topics,
  toMediaDescribed,
} from '@giggityflix/bus';
import {
  artworkKind,
  catalogIdFromBytes,
  descriptionFromMessage,
  type PlaybackSignal,
} from '@giggityflix/proto';
import type { z } from 'zod';
import type { PeerMessage } from '../grpc/wire.ts';
import type { ConnectionEntry } from '../peers/connection-directory.ts';

/** The messages that become events as they are; the others the edge answers or correlates itself. */
export type AnnouncedMessage = Extract<
  PeerMessage,
  { $case: 'catalogUpdate' | 'mediaDescription' | 'artwork' | 'playbackSignal' }
>;

export type Translation =
  | {
      ok: true;
      record: OutgoingRecord;
      /** To be called once the bus has the record. */
      onDurable?: () => void;
    }
  | { ok: false; reason: string };

/** The event of a peer's announcement, or why none can be made of it. */
export function translate(
  message: AnnouncedMessage,
  connection: ConnectionEntry,
  topics: Topics,
  timestamp = new Date().toISOString(),
): Translation {
  switch (message.$case) {
    case 'catalogUpdate': {
      const { catalogIds, removedCatalogIds, superseded, full, updateId, final } = message.value;
      return checked(topics.peerCatalogUpdated, connection.peerId, {
        peer_id: connection.peerId,
        edge_id: connection.edgeId,
        connection_id: connection.connectionId,
        catalog_ids: catalogIds.map(hex),
        removed_catalog_ids: removedCatalogIds.map(hex),
        ...(superseded && { superseded_catalog_ids: superseded.catalogIds.map(hex) }),
        is_full_update: full,
        // Without an update_id there are no parts, so there is nothing to wait for.
        ...(updateId ? { update_id: updateId, final } : { final: true }),
        timestamp,
      });
    }
    case 'mediaDescription': {
      const description = descriptionFromMessage(message.value);
      const event = toMediaDescribed(description, { peerId: connection.peerId, timestamp });
      return checked(topics.peerMediaDescribed, description.catalogId, event);
    }
    case 'artwork': {
      const { catalogId, index, mimeType, width, height, atSeconds, data, kind } = message.value;
      return checked(topics.artworkCaptured, hex(catalogId), {
        peer_id: connection.peerId,
        catalog_id: hex(catalogId),
        index,
        mime_type: mimeType,
        width,
        height,
        at_seconds: atSeconds,
        data: data.toString('base64'),
        kind: artworkKind(kind),
        timestamp,
      });
    }
    case 'playbackSignal': {
      const signal = signalOf(message.value.signal);
      if (!signal) return { ok: false, reason: 'a playback signal is empty' };
      return checked(topics.peerPlaybackSignals, message.value.sessionId, {
        session_id: message.value.sessionId,
        peer_id: connection.peerId,
        signal,
        timestamp,
      });
    }
  }
}

/** Checks a value against its topic's schema, so that no peer can make a publication fail. */
export function checked<T>(topic: Topic<T>, key: string, value: z.input<z.ZodType<T>>): Translation {
  const parsed = topic.schema.safeParse(value);
  if (parsed.success) return { ok: true, record: { topic, key, value: parsed.data } };
  const [issue] = parsed.error.issues;
  return { ok: false, reason: `${issue?.path.join('.') || 'message'}: ${issue?.message}` };
}

/** A catalog id in lowercase hexadecimal; of the wrong length it is left for the schema to refuse. */
export function hex(id: Uint8Array): string {
  return catalogIdFromBytes(id) ?? `${id.byteLength} bytes`;
}

function signalOf(signal: PlaybackSignal['signal']): Signal | null {
  switch (signal?.$case) {
    case 'description':
      return { kind: 'description', description: signal.value as { type: 'offer' | 'answer'; sdp: string } };
    case 'candidate':
      return {
        kind: 'candidate',
        candidate: {
          candidate: signal.value.candidate,
          sdp_mid: signal.value.sdpMid ?? null,
          sdp_m_line_index: signal.value.sdpMLineIndex ?? null,
        },
      };
    case 'lost':
      return { kind: 'lost', reason: signal.value.reason.slice(0, 500) };
    default:
      return null;
  }
}
