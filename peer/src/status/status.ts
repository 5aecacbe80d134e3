import type { EdgeStatus } from '../edge/client.ts';
import type { FileState } from '../library/types.ts';
import type { PortMappingStatus } from '../network/port-mapping.ts';
import type { ScanReport } from '../scan/report.ts';
import { VERSION } from '../version.ts';

/** What `giggityflix-peer status` and the local page show. */
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

/** Where the status is read. */
export interface StatusSources {
  config: { peer: { dataDir: string }; media: { dirs: readonly string[] } };
  identity: { peerId: string };
  pageUrl(): string;
  edge(): PeerStatus['edge'];
  library: { counts(): PeerStatus['library'] };
  scan(): PeerStatus['scan'];
  activeStreams(): number;
  ports(): PortMappingStatus;
  missing(): string[];
}

export function createStatus(sources: StatusSources): () => PeerStatus {
  const startedAt = new Date().toISOString();
  return () => ({
    peerId: sources.identity.peerId,
    version: VERSION,
    pid: process.pid,
    startedAt,
    dataDir: sources.config.peer.dataDir,
    mediaDirs: [...sources.config.media.dirs],
    http: sources.pageUrl() || null,
    edge: sources.edge(),
    library: sources.library.counts(),
    scan: sources.scan(),
    streams: { active: sources.activeStreams() },
    ports: sources.ports(),
    missing: sources.missing(),
  });
}
