import { edgeCommand } from '@giggityflix/bus';
import { z } from 'zod';

const delivery = z.object({
  /** UUID; a command that is given to a peer again has a new one. */
  deliveryId: z.string(),
  command: edgeCommand,
  /** Where the command's record is, for its dead letter. */
  origin: z.object({ topic: z.string(), partition: z.number(), offset: z.string() }),
  /** How often the command has been given to a peer, this time included. */
  deliveries: z.number(),
});

/** A command on its way to a peer, or with it, until its response is on the bus. */
export type Delivery = z.infer<typeof delivery>;

/**
 * The pending commands of each edge. The bus counts a command as consumed once it is stored here, so that an edge
 * which was killed requeues it on its next start.
 *
 * Adapters: `delivery-journal.embedded.ts` (a SQLite file) and `delivery-journal.redis.ts`; both pass
 * `delivery-journal.compliance.ts`. Every method rejects when the store cannot be reached.
 */
export interface DeliveryJournal {
  /** Resolves once the delivery would be found after a crash of this process. */
  add(edgeId: string, delivery: Delivery): Promise<void>;
  /** Deletes a delivery; one that is not there is no error. */
  remove(edgeId: string, deliveryId: string): Promise<void>;
  /** Every delivery stored for an edge. */
  ofEdge(edgeId: string): Promise<Delivery[]>;
}

/** Reads what an adapter stored as JSON; nothing for what another version wrote and this one cannot read. */
export function readDeliveries(stored: readonly string[]): Delivery[] {
  return stored.flatMap((json) => delivery.safeParse(JSON.parse(json)).data ?? []);
}
