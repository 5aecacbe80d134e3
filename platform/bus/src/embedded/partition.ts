import { createInflightTracker, type InflightTracker } from '../inflight.ts';
import { createProgress, type Progress } from '../progress.ts';
import type { StoredRecord } from '../record.ts';
import type { Lease } from './store.ts';

/** A partition that a member holds, and how far it has read it. */
export interface Partition {
  lease: Lease;
  /** Id of the last record read. */
  position: number;
  inflight: InflightTracker<number>;
  progress: Progress<number>;
  running: number;
  /** `lease.committed` has grown since it was written. */
  uncommitted: boolean;
  /** Aborts when the partition is released or lost. */
  revoked: AbortController;
}

export function startPartition(lease: Lease): Partition {
  return {
    lease,
    position: lease.committed,
    inflight: createInflightTracker(),
    progress: createProgress(lease.committed),
    running: 0,
    uncommitted: false,
    revoked: new AbortController(),
  };
}

/** What a record is ordered by. Records without a key are ordered among themselves, as their partition is. */
export function orderOf({ topic, key }: StoredRecord): string {
  return key === null ? topic : `${topic} ${key}`;
}
