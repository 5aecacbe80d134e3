import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashCommand } from '../../testing/commands.ts';
import type { Delivery, DeliveryJournal } from './delivery-journal.ts';

/** What every adapter of {@link DeliveryJournal} does. */
export function describeDeliveryJournal(
  name: string,
  open: () => Promise<{ journal: DeliveryJournal; close(): Promise<void> }>,
): void {
  describe(`delivery journal ${name}`, () => {
    let journal: DeliveryJournal;
    let close: () => Promise<void>;
    let edgeId: string;
    beforeEach(async () => {
      ({ journal, close } = await open());
      edgeId = `edge-${randomUUID()}`;
    });
    afterEach(() => close());
    const delivery = (changes: Partial<Delivery> = {}): Delivery => ({
      deliveryId: uuidv7(),
      command: hashCommand('peer-1', {
        parameters: { algorithms: ['md5'] },
        reply_to: 'file-hash-responses',
      }),
      origin: { topic: 'edge-commands-edge-1', partition: 3, offset: '9007199254740993' },
      deliveries: 2,
      ...changes,
    });

    it('gives back what was written, in order, until it is removed', async () => {
      const [first, second] = [delivery(), delivery({ deliveries: 1 })];
      await journal.add(edgeId, first);
      await journal.add(edgeId, second);
      expect(await journal.ofEdge(edgeId)).toEqual([first, second]);
      await journal.remove(edgeId, first.deliveryId);
      await journal.remove(edgeId, first.deliveryId);
      expect(await journal.ofEdge(edgeId)).toEqual([second]);
    });

    it('keeps edges apart', async () => {
      const mine = delivery();
      await journal.add(edgeId, mine);
      await journal.remove(`${edgeId}-b`, mine.deliveryId);
      expect(await journal.ofEdge(edgeId)).toEqual([mine]);
      expect(await journal.ofEdge(`${edgeId}-b`)).toEqual([]);
    });

    it('keeps thousands', async () => {
      const many = Array.from({ length: 1_200 }, () => delivery());
      await Promise.all(many.map((one) => journal.add(edgeId, one)));
      expect(await journal.ofEdge(edgeId)).toHaveLength(1_200);
    });
  });
}
