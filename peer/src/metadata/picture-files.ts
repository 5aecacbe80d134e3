// cspell:ignore clearlogo fanart
import type { ArtworkKind } from '@giggityflix/proto/media-file';
import { certainEpisode } from '../naming/episodes.ts';

const PICTURE = /\.(?:jpe?g|png|webp)$/iu;

export const isPictureName = (name: string): boolean => PICTURE.test(name);

/** What a picture beside a film is called, behind the film's name or alone; those first that are taken first. */
const WORDS: Readonly<Partial<Record<ArtworkKind, { behind: string[]; alone: string[] }>>> = {
  POSTER: { behind: ['-poster', '-cover', ''], alone: ['poster', 'folder', 'cover', 'movie'] },
  BACKDROP: { behind: ['-fanart', '-backdrop'], alone: ['fanart', 'backdrop', 'background'] },
  THUMB: { behind: ['-landscape', '-thumb'], alone: ['landscape', 'thumb'] },
  LOGO: { behind: ['-clearlogo', '-logo'], alone: ['clearlogo', 'logo'] },
};

/** The pictures of a folder by their names in lower case, without the extension. */
export type Pictures = ReadonlyMap<string, string>;

export function indexPictures(names: readonly string[]): Pictures {
  const pictures = new Map<string, string>();
  for (const name of [...names].sort())
    if (isPictureName(name)) {
      const stem = name.replace(PICTURE, '').toLowerCase();
      if (!pictures.has(stem)) pictures.set(stem, name);
    }
  return pictures;
}

export interface PictureName {
  kind: ArtworkKind;
  /** From the film's folder. */
  path: string;
}

interface Place {
  /** The film's name in lower case, without the extension. */
  stem: string;
  /** Of its folder, where that is a season's. */
  season: number | null;
  pictures: Pictures;
  /** Whether pictures that name no film are its own: it is the only one of its folder. */
  isOnly: boolean;
  /** The folder of its show, with the path to it. */
  show: { path: string; pictures: Pictures } | null;
}

/** The pictures that belong to a film or an episode, at most one of each kind. */
export function picturesOf(place: Place): PictureName[] {
  if (place.pictures.size === 0 && !place.show) return [];
  const season = certainEpisode(place.stem)?.season ?? place.season;
  if (season !== null) return ofEpisode(place, season);
  return Object.entries(WORDS).flatMap(([kind, { behind, alone }]) => {
    const names = [...behind.map((word) => `${place.stem}${word}`), ...(place.isOnly ? alone : [])];
    const path = first(place.pictures, names);
    return path ? [{ kind: kind as ArtworkKind, path }] : [];
  });
}

/** An episode has a picture of its own, and the poster of its season or its show. */
function ofEpisode({ stem, season: ofFolder, pictures, show }: Place, season: number): PictureName[] {
  const own = first(pictures, [`${stem}-thumb`, stem]);
  const ofSeason = [
    `season${String(season).padStart(2, '0')}-poster`,
    `season${season}-poster`,
    ...(season === 0 ? ['season-specials-poster'] : []),
  ];
  const general = ['season-all-poster', 'poster', 'folder', 'cover'];
  const isSeasons = ofFolder !== null;
  const poster =
    first(pictures, [...ofSeason, ...(isSeasons ? ['poster', 'folder', 'cover'] : [])]) ??
    within(show, [...ofSeason, ...general]) ??
    (isSeasons ? null : first(pictures, general));
  return [
    ...(poster ? [{ kind: 'POSTER' as const, path: poster }] : []),
    ...(own ? [{ kind: 'THUMB' as const, path: own }] : []),
  ];
}

function within(show: Place['show'], names: readonly string[]): string | null {
  const found = show && first(show.pictures, names);
  return found ? `${show.path}/${found}` : null;
}

function first(pictures: Pictures, names: readonly string[]): string | null {
  for (const name of names) {
    const found = pictures.get(name);
    if (found !== undefined) return found;
  }
  return null;
}
