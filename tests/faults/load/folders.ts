import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Truth } from '../check/availability.ts';
import type { Random } from '../random.ts';
import { type Film, piecesRoot } from './films.ts';

export interface Folder {
  readonly peer: string;
  readonly path: string;
}

export interface Folders {
  /** Adds, removes or replaces one film in one folder, by lot. */
  change(): void;
  /** Who has what, read from the folders. */
  truth(): Truth;
  readonly changes: number;
}

/** A folder's films are never fewer, so that there is always something to watch. */
const FEWEST = 2;

/** The peers' folders, which the load changes. A film appears under its name at once, as a finished download does. */
export function createFolders(folders: readonly Folder[], films: readonly Film[], random: Random): Folders {
  let changes = 0;
  for (const { path } of folders) mkdirSync(path, { recursive: true });
  const put = (film: Film, target: string) => {
    const temporary = `${target}.part`;
    copyFileSync(film.path, temporary);
    renameSync(temporary, target);
  };
  return {
    change() {
      const { path } = random.pick(folders);
      const here = filmsIn(path);
      const held = new Set(here.map(({ catalogId }) => catalogId));
      const leaves = ({ name }: { name: string }) => join(path, name);
      const lacking = films.filter(({ catalogId }) => !held.has(catalogId));
      const wish = random.pick(['add', 'add', 'remove', 'replace'] as const);
      if (lacking.length > 0 && (wish === 'add' || here.length <= FEWEST)) {
        const film = random.pick(lacking);
        // A name may be taken by a film that was replaced.
        put(film, join(path, `${changes} ${film.name}`));
      } else if (lacking.length > 0 && wish === 'replace')
        put(random.pick(lacking), leaves(random.pick(here)));
      else if (here.length > FEWEST) rmSync(leaves(random.pick(here)));
      changes += 1;
    },
    truth() {
      const truth = new Map(films.map(({ catalogId }) => [catalogId, new Set<string>()]));
      for (const { peer, path } of folders)
        for (const { catalogId } of filmsIn(path)) truth.get(catalogId)?.add(peer);
      return truth;
    },
    get changes() {
      return changes;
    },
  };
}

function filmsIn(path: string): { name: string; catalogId: string }[] {
  const names = readdirSync(path).filter((name) => name.endsWith('.mp4'));
  return names.map((name) => ({ name, catalogId: piecesRoot(readFileSync(join(path, name))) }));
}
