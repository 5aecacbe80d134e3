import { z } from 'zod';

export { catalogId } from '@giggityflix/proto/catalog-id';

/** Longest id anything on the platform accepts, in characters. */
export const MAX_ID_LENGTH = 200;

/** An opaque id: printable, without spaces or control characters. */
export const opaqueId = z
  .string()
  .min(1)
  .max(MAX_ID_LENGTH)
  .regex(/^[\x21-\x7e]+$/, 'an id is 1 to 200 printable ASCII characters without spaces');

/**
 * A peer's id. `{` and `}` are excluded because ids are part of Redis keys, where braces choose the slot.
 */
export const peerId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/,
    'a peer id is 1 to 128 letters, digits, ".", "_", "~" or "-"',
  );

/** An edge's id is part of topic names, so it keeps to what Kafka allows there. */
export const edgeId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'an edge id is 1 to 100 letters, digits, ".", "_" or "-"');

/** RFC 3339 in UTC. */
export const timestamp = z.iso.datetime({ offset: true });

/** A UUIDv7 given by the edge: of two connections of a peer, the greater string is the newer one. */
export const connectionId = z
  .string()
  .regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    'a connection id is a UUIDv7',
  );
