// cspell:ignore imdbid
import { MAX_EPISODE, MAX_SEASON, MAX_TITLE_LENGTH } from '@giggityflix/proto/media-file';
import { explainFileName } from '../../peer/src/naming/title-name.ts';
import { expectThat, type FuzzTarget, texts } from './target.ts';

const SAMPLES = [
  'Show Name (2005)/Season 01/06 - Title.mkv',
  '[Group] Show - 12v2 (1080p) [ABCDEF01].mkv',
  'The.Show.2024.01.15.Guest.720p.WEB-GRP.mkv',
  'Film (1999) {edition-Cut} [imdbid-tt0133093]/CD2/film-trailer.avi',
  'S.W.A.T.2017.S03E04-E05.x265.mkv',
];

/** A file's name and folders: any gives a title within its bounds, and says why. */
export default async function names(): Promise<FuzzTarget<string>> {
  return {
    inputs: texts(SAMPLES),
    async run(path) {
      const { title, season, episode, kind, reasons } = explainFileName(path);
      expectThat(title !== '' && title.length <= MAX_TITLE_LENGTH, 'the title is empty or too long');
      expectThat((season ?? 0) <= MAX_SEASON && (episode ?? 0) <= MAX_EPISODE, 'a number is too large');
      expectThat(kind === 'EPISODE' || (season === null && episode === null), `a ${kind} has numbers`);
      expectThat(reasons.length > 0, 'there is no reason');
    },
  };
}
