/** Which addresses share a file under a name: the registry of the tracker server, over HTTP. */
export interface FileRegistry {
  /**
   * Registers `ip` for a file. `conflict` names the hash the file is registered under. Which hash that is its networks
   * decide, each with one vote for a name, those that were answered `conflict` too: with more votes a hash takes the
   * place of the one registered before it, so that whoever comes first does not hold a name for ever.
   */
  add(file: { filename: string; hash: string; ip: string }): Promise<AddResult>;
  /** Removes the mapping of one address; false when there was none. */
  remove(filename: string, ip: string): Promise<boolean>;
  /** Removes an address from every file; returns from how many. */
  removeAddress(ip: string): Promise<number>;
  peers(filename: string): Promise<FilePeer[]>;
  /** Files by name; `after` is the last name seen. */
  list(page: { limit: number; after?: string }): Promise<ListedFile[]>;
}

export type AddResult = { status: 'added' } | { status: 'conflict'; knownHash: string } | { status: 'full' };

export interface FilePeer {
  ip: string;
  hash: string;
  /** RFC 3339 in UTC. */
  registeredAt: string;
}

export interface ListedFile {
  filename: string;
  hash: string;
  peers: number;
}

/** Most addresses kept for one file; enough to choose from, and a bound on what a flood can store. */
export const MAX_PEERS_PER_FILE = 1_000;
/** Most files one address may register. */
export const MAX_FILES_PER_ADDRESS = 10_000;
/** A registration that is not renewed within this time expires, so that addresses that left without a word do not accumulate. */
export const REGISTRATION_TTL_MS = 7 * 24 * 3_600_000;
