import type { EdgeStatus } from '../edge/client.ts';
import type { FileState } from '../library/types.ts';
import type { PortMappingStatus } from '../network/port-mapping.ts';
import type { ScanReport } from '../scan/scanner.ts';

/** What `giggityflix-peer status` and the local page tell. */
export interface PeerStatus {
  peerId: string;
  version: string;
  pid: number;
  startedAt: string;
  dataDir: string;
  mediaDirs: string[];
  http: string | null;
  edge: EdgeStatus & { unacknowledged: number };
  library: Record<FileState, { files: number; bytes: number }>;
  scan: {
    scanning: boolean;
    hashing: number;
    settling: number;
    bytesHashed: number;
    watching: boolean;
    last: ScanReport | null;
  };
  streams: { active: number };
  ports: PortMappingStatus;
  /** What this machine lacks, in words. */
  missing: string[];
}

export const VERSION = '0.1.0';
