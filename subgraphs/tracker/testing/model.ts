import type { CatalogUpdate } from '../src/registry/registry.ts';
import { CONNECTION_TIMEOUT_MS } from './fixtures.ts';

/** What can happen to a registry, as values. */
export type ModelEvent =
  | { type: 'established'; peerId: string; edgeId: string; connectionId: string; catalogIds: string[] }
  | { type: 'closed'; peerId: string; edgeId: string; connectionId: string; replaced: boolean }
  | { type: 'heartbeat'; peerId: string; edgeId: string; connectionId: string; activeStreams: number }
  | ({ type: 'updated' } & CatalogUpdate);

interface ModelPeer {
  connectionId: string;
  state: 'CONNECTED' | 'STALE' | 'DISCONNECTED';
  /** Disconnected as nothing was heard of it, not as its end was reported. */
  isInferred: boolean;
  catalog: Set<string>;
  lastHeartbeatAt: number;
  /** The catalog the connection began with is known, or was replaced by a full update. */
  hasBase: boolean;
  /** Deltas before that. */
  early: Map<string, boolean>;
  staged: { updateId: string; catalogIds: Set<string> };
  lastOffset: number;
}

/** The registry as a few maps in memory, without anything that makes it fast, durable or safe to share. */
export function createModel() {
  const peers = new Map<string, ModelPeer>();
  const changes = new Map<string, number[]>();
  const last = new Map<string, number>();

  const count = (catalogId: string) =>
    [...peers.values()].filter(({ state, catalog }) => state === 'CONNECTED' && catalog.has(catalogId))
      .length;

  /** Does something and records every count that it changed. */
  const recording = (work: () => void) => {
    const before = new Set([...peers.values()].flatMap(({ catalog }) => [...catalog]));
    work();
    for (const catalogId of new Set([
      ...before,
      ...[...peers.values()].flatMap((peer) => [...peer.catalog]),
    ])) {
      if (count(catalogId) === (last.get(catalogId) ?? 0)) continue;
      last.set(catalogId, count(catalogId));
      changes.set(catalogId, [...(changes.get(catalogId) ?? []), count(catalogId)]);
    }
  };

  const receive = ({ peerId, connectionId }: ModelEvent, time: number): ModelPeer | null => {
    let peer = peers.get(peerId);
    if (peer && connectionId < peer.connectionId) return null;
    if (peer?.connectionId === connectionId && peer.state === 'DISCONNECTED' && !peer.isInferred) return null;
    if (peer?.connectionId !== connectionId) {
      peer = {
        connectionId,
        state: 'CONNECTED',
        isInferred: false,
        catalog: (!peer?.isInferred && peer?.catalog) || new Set(),
        lastHeartbeatAt: time,
        hasBase: false,
        early: new Map(),
        staged: { updateId: '', catalogIds: new Set() },
        lastOffset: -1,
      };
      peers.set(peerId, peer);
    }
    peer.state = 'CONNECTED';
    peer.isInferred = false;
    peer.lastHeartbeatAt = time;
    return peer;
  };

  const established = new Set<string>();
  const apply = (event: ModelEvent, time: number): void => {
    if (event.type === 'closed') {
      const known = peers.get(event.peerId);
      if (event.replaced && known?.connectionId === event.connectionId) return;
      const peer = receive(event, time);
      if (!peer || event.replaced) return;
      peer.state = 'DISCONNECTED';
      peer.catalog = new Set();
      return;
    }
    if (event.type === 'established' && established.has(event.connectionId + event.peerId)) return;
    const peer = receive(event, time);
    if (!peer) return;
    if (event.type === 'established') {
      established.add(event.connectionId + event.peerId);
      if (event.catalogIds.length > 0 && !peer.hasBase) {
        peer.catalog = new Set(event.catalogIds);
        for (const [catalogId, has] of peer.early) {
          if (has) peer.catalog.add(catalogId);
          else peer.catalog.delete(catalogId);
        }
      }
      peer.hasBase = true;
      return;
    }
    if (event.type === 'heartbeat') return;
    const offset = Number(event.position.offset);
    if (offset <= peer.lastOffset) return;
    peer.lastOffset = offset;
    if (event.isFull) {
      if (peer.staged.updateId !== event.updateId)
        peer.staged = { updateId: event.updateId, catalogIds: new Set() };
      for (const catalogId of event.catalogIds) peer.staged.catalogIds.add(catalogId);
      if (!event.final) return;
      peer.catalog = peer.staged.catalogIds;
      peer.staged = { updateId: '', catalogIds: new Set() };
      peer.hasBase = true;
      return;
    }
    const added = new Set(event.catalogIds);
    for (const catalogId of event.removedCatalogIds) {
      if (added.has(catalogId)) continue;
      peer.catalog.delete(catalogId);
      if (!peer.hasBase) peer.early.set(catalogId, false);
    }
    for (const catalogId of added) {
      peer.catalog.add(catalogId);
      if (!peer.hasBase) peer.early.set(catalogId, true);
    }
  };

  return {
    apply: (event: ModelEvent, time: number) => recording(() => apply(event, time)),
    expire(time: number) {
      for (const peer of peers.values())
        recording(() => {
          if (peer.state === 'DISCONNECTED' || time < peer.lastHeartbeatAt + CONNECTION_TIMEOUT_MS) return;
          if (peer.state === 'STALE') {
            peer.state = 'DISCONNECTED';
            peer.isInferred = true;
          } else {
            peer.state = 'STALE';
            peer.lastHeartbeatAt = time;
          }
        });
    },
    changes,
    count,
    state: (peerId: string) => peers.get(peerId)?.state ?? null,
    catalogSize: (peerId: string) => peers.get(peerId)?.catalog.size ?? 0,
  };
}
