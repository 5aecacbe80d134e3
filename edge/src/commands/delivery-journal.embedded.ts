import type { SqliteDatabase } from '@giggityflix/state';
import { type DeliveryJournal, readDeliveries } from './delivery-journal.ts';

/** {@link DeliveryJournal} in a database of `openEdgeState`. */
export function createEmbeddedDeliveryJournal(database: SqliteDatabase): DeliveryJournal {
  const insert = database.prepare<[string, string, string]>(
    'INSERT INTO deliveries (edge_id, delivery_id, delivery) VALUES (?, ?, ?)',
  );
  const remove = database.prepare<[string, string]>(
    'DELETE FROM deliveries WHERE edge_id = ? AND delivery_id = ?',
  );
  const select = database
    .prepare<[string], string>('SELECT delivery FROM deliveries WHERE edge_id = ? ORDER BY delivery_id')
    .pluck();
  return {
    async add(edgeId, delivery) {
      insert.run(edgeId, delivery.deliveryId, JSON.stringify(delivery));
    },
    async remove(edgeId, deliveryId) {
      remove.run(edgeId, deliveryId);
    },
    ofEdge: async (edgeId) => readDeliveries(select.all(edgeId)),
  };
}
