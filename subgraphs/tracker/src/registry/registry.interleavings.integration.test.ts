import { expect, it } from 'vitest';
import { ADAPTERS } from '../../testing/adapters.ts';
import { CONNECTION_TIMEOUT_MS, countsByFile, drain } from '../../testing/fixtures.ts';
import { type History, interleavings, PHASES } from '../../testing/interleavings.ts';
import { createModel, type ModelEvent } from '../../testing/model.ts';
import type { TrackerState } from '../state/state.ts';

/** Histories per adapter; TRACKER_INTERLEAVINGS=10000 takes minutes on two cores. */
const HISTORIES = Number(process.env.TRACKER_INTERLEAVINGS ?? 400);
/** Histories that share one state and one clock, side by side. */
const SIDE_BY_SIDE = 250;
const SEED = Number(process.env.TRACKER_SEED ?? Date.now() % 1_000_000);

for (const { name, skip, create } of ADAPTERS) {
  it.skipIf(skip)(
    `ends ${HISTORIES} histories as the model does, on ${name} (seed ${SEED})`,
    async () => {
      for (let start = 0; start < HISTORIES; start += SIDE_BY_SIDE) {
        const histories = interleavings(Math.min(SIDE_BY_SIDE, HISTORIES - start), SEED + start);
        const under = await create();
        try {
          await compare(histories, (now) => under.open({ now }));
        } finally {
          await under.close();
        }
      }
    },
    600_000,
  );
}

async function compare(histories: readonly History[], open: (now: () => number) => Promise<TrackerState>) {
  let time = Date.now();
  const state = await open(() => time);
  const models = histories.map(() => createModel());
  for (let phase = 0; phase < PHASES; phase += 1) {
    await Promise.all(
      histories.map(async ({ phases }, run) => {
        for (const event of phases[phase] ?? []) {
          await deliver(state, event, time);
          models[run]?.apply(event, time);
        }
      }),
    );
    time += CONNECTION_TIMEOUT_MS * 0.6;
    while ((await state.registry.expireDue(500)) > 0);
    for (const model of models) model.expire(time);
  }
  const changes = countsByFile(await drain(state.outbox));
  for (const [run, { files, peerIds, phases }] of histories.entries()) {
    const model = models[run] as (typeof models)[number];
    const context = JSON.stringify(phases);
    expect(await state.registry.countPeers(files), context).toEqual(files.map(model.count));
    for (const id of files)
      expect(changes.get(id) ?? [], `${id} in ${context}`).toEqual(model.changes.get(id) ?? []);
    for (const peerId of peerIds) {
      const peer = await state.registry.peer(peerId);
      expect(peer?.state ?? null, context).toBe(model.state(peerId));
      expect(peer?.catalogSize ?? 0, context).toBe(model.catalogSize(peerId));
    }
  }
}

async function deliver({ registry }: TrackerState, event: ModelEvent, time: number): Promise<void> {
  switch (event.type) {
    case 'established':
      return registry.connectionEstablished({ ...event, connectedAt: time });
    case 'closed':
      return registry.connectionClosed(event);
    case 'heartbeat':
      await registry.heartbeat(event.edgeId, [event]);
      return;
    case 'updated':
      return registry.catalogUpdated(event);
  }
}
