import type { Facts } from '../src/statements/facts.ts';

/** What a peer may say of a film of this name. */
export function factsNamed(name: string, changes: Partial<Facts['file']> = {}): Facts {
  return {
    title: { name, year: null, kind: 'MOVIE', season: null, episode: null },
    file: {
      name: `${name}.mp4`,
      sizeBytes: 1_000,
      hashes: {},
      container: null,
      mimeType: null,
      videoCodec: null,
      audioCodec: null,
      durationSeconds: null,
      width: null,
      height: null,
      language: null,
      chapters: [],
      tracks: [],
      ...changes,
    },
  };
}
