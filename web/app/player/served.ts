import type { FilmForm, PeerConnection, Playback } from '@giggityflix/player';
import type { MediaFile } from '../operations.ts';
import { defaultTrack, preferredTrack, readContents } from './audio.ts';
import { lossesOf, type Served, unheard } from './losses.ts';
import { canHear } from './playability.ts';

/** Looks at what a peer serves: whether the browser shows and plays all of it, and what the viewer gets less than the film has. */
export interface ServedFilm {
  /** A peer has opened the film in some form. */
  opened(connection: PeerConnection, form: FilmForm): Promise<void>;
  /** How many subtitle tracks the peer lists. */
  subtitlesListed(count: number): void;
  /** Whether the picture is known to be shown with combs unless it is transcoded. */
  isInterlaced(): boolean;
}

export function createServedFilm(options: {
  file: MediaFile & { tracks?: readonly { kind: string }[] };
  playback(): Pick<Playback, 'audioTrack' | 'quality' | 'screen' | 'setAudioTrack' | 'setQuality'>;
  /** The languages in which the viewer wants to hear films, the best first. */
  languages(): readonly string[];
  /** Says it to the viewer. */
  say(loss: string): void;
}): ServedFilm {
  const { file } = options;
  let served: Served | null = null;
  let subtitles: number | null = null;
  let isInterlaced = false;
  let said: string[] = [];

  const sayLosses = () => {
    if (!served) return;
    const losses = lossesOf({ ...served, subtitles });
    for (const loss of losses) if (!said.includes(loss)) options.say(loss);
    said = losses;
  };

  return {
    async opened(connection, form) {
      const playback = options.playback();
      const { opened } = connection;
      const { tracks, picture } = await readContents(connection);
      // Another form has been opened meanwhile, of which this says nothing.
      if (connection.opened !== opened) return;
      served = {
        file,
        form,
        opened,
        tracks,
        subtitles,
        isSmallerWanted: typeof playback.quality() === 'number',
        canHear: (name) => canHear(file.container, name),
      };
      if (playback.quality() === 'auto') {
        // Browsers show every other line of two pictures at once, and say nothing of it.
        if (picture?.interlaced && !isInterlaced && opened.conversions.includes('transcode')) {
          isInterlaced = true;
          if (opened.rendition !== 'transcode') return playback.setQuality('auto');
        }
        // An element plays the first track, be it a commentary or in a language the viewer does not speak.
        const track = preferredTrack(tracks, options.languages()) ?? 0;
        const isUsual = track === (defaultTrack(tracks) ?? 0);
        const isOtherHeard = opened.rendition === 'original' ? track > 0 || !isUsual : !isUsual;
        if (isOtherHeard && playback.audioTrack() === null && opened.conversions.includes('remux'))
          return playback.setAudioTrack(track);
        // An element plays a picture without its sound and says nothing.
        const mute = unheard(served);
        if (mute && opened.conversions.includes('remux'))
          return playback.screen.undecodable(`no decoder for ${mute}`);
      }
      sayLosses();
    },
    subtitlesListed(count) {
      subtitles = count;
      sayLosses();
    },
    isInterlaced: () => isInterlaced,
  };
}
