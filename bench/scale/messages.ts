/** What the load is told. Peers are numbered from 0; peer `n` begins at edge `n % edges`. */
export interface LoadPlan {
  /** Of the edges' gRPC listeners. */
  ports: readonly number[];
  /** The first peer, and how many. */
  from: number;
  count: number;
  filesPerPeer: number;
  /** Different files that all peers together share; a catalog wraps around. */
  files: number;
}

/** Each is answered once every message of it was acknowledged. `announce` adds one file to every catalog. */
export type LoadRequest = 'connect' | 'announce' | 'reconnect';

/** The peers that answer has to do with. */
export interface LoadAnswer {
  peerIds: string[];
}

/** How many peers share each file. */
export const HOLDERS = 10;
/** One in so many peers of an edge that dies does not come back. */
export const LOST_OF = 10;

/** Whether a peer that loses its edge stays away. */
export function staysAway(peer: number, edges: number): boolean {
  return Math.floor(peer / edges) % LOST_OF === 0;
}

/** Where a peer goes that loses the edge it began at: those of one edge spread over all others. */
export function elsewhere(peer: number, edges: number): number {
  return (peer + 1 + (Math.floor(peer / edges) % (edges - 1))) % edges;
}

/** The files of a peer, as numbers. */
export function filesOf(peer: number, plan: Pick<LoadPlan, 'filesPerPeer' | 'files'>): number[] {
  return Array.from({ length: plan.filesPerPeer }, (_, n) => (peer * plan.filesPerPeer + n) % plan.files);
}

/** The file that `announce` adds; numbers after those of the catalogs. */
export function addedFile(peer: number, plan: Pick<LoadPlan, 'files'>): number {
  return plan.files + Math.floor(peer / HOLDERS);
}

/** A catalog id, 32 bytes. */
export function catalogId(file: number): Buffer {
  const id = Buffer.alloc(32, 0x5c);
  id.writeUInt32BE(file);
  return id;
}
