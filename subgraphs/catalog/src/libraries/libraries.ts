/** Some of the files there are, by whose they are: what an account may be limited to. */
export interface Library {
  /** A slug, as `LIBRARY_ID` has it. */
  id: string;
  name: string;
  /** All files of these peers are in it, */
  peers: string[];
  /** and of these those below a folder. */
  folders: PeerFolder[];
}

export interface PeerFolder {
  peerId: string;
  /** As `parseFolder` has it. */
  folder: string;
}

export const MAX_LIBRARIES = 200;
/** Most peers of a library, and most of its folders. */
export const MAX_SOURCES = 500;

/**
 * What operators make libraries of. A file is in a library when a statement on it counts that is one of the library's peers', and
 * where only a folder of the peer is meant, says that the file is below it.
 */
export interface Libraries {
  /** By name. */
  list(): Promise<Library[]>;
  /** Resolves when the files in it are those that are to be; false when there are {@link MAX_LIBRARIES}. */
  save(library: Library): Promise<boolean>;
  /** Whether there was one. */
  delete(id: string): Promise<boolean>;
  /** Finds the files again of libraries that were saved without that being finished. */
  finish(): Promise<void>;
}
