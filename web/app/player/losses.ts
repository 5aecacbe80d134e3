import type { FilmForm, Opened } from '@giggityflix/player';
import type { AudioTrack } from '@giggityflix/proto/data-channel';
import type { MediaFile } from '../operations.ts';
import { codec, resolution } from '../ui/format.ts';
import { defaultTrack } from './audio.ts';

/** What comes from the peer, and what the film has. */
export interface Served {
  file: Pick<MediaFile, 'audioCodec' | 'height'> & { tracks?: readonly { kind: string }[] };
  /** The form that was asked for. */
  form: FilmForm;
  opened: Pick<Opened, 'rendition' | 'mimeType' | 'audioChannels'>;
  /** The film's audio tracks, by the peer; empty where it does not know. */
  tracks: readonly AudioTrack[];
  /** Subtitle tracks the peer lists; null until it has. */
  subtitles: number | null;
  /** Whether the viewer chose a smaller picture. */
  isSmallerWanted: boolean;
  /** Whether the browser decodes the sound of an original. */
  canHear(codec: string): boolean;
}

/** What the viewer gets less than the film has, in words; empty when nothing. */
export function lossesOf(served: Served): string[] {
  return [soundLoss(served), channelLoss(served), pictureLoss(served), subtitleLoss(served)].filter(
    (loss) => loss !== null,
  );
}

/** The codec of the sound of an original that the browser cannot decode; null where it can, or there is none. */
export function unheard({ file, form, opened, tracks, canHear }: Served): string | null {
  if (opened.rendition !== 'original') return null;
  const track = form.audioTrack ?? defaultTrack(tracks);
  const name = (track === null ? undefined : tracks[track]?.codec) ?? file.audioCodec;
  return name && !canHear(name) ? name : null;
}

function soundLoss(served: Served): string | null {
  const { file, opened, tracks } = served;
  const cannotHear = unheard(served);
  if (cannotHear)
    return `The film plays without sound: this browser cannot decode its sound (${codec(cannotHear)}), and the machine it comes from does not convert it.`;
  const hasSound = tracks.length > 0 || file.audioCodec !== null;
  if (opened.rendition === 'original' || !hasSound) return null;
  const isMute =
    opened.audioChannels === undefined
      ? !/codecs="[^",]+,/.test(opened.mimeType) && !/^audio\//.test(opened.mimeType)
      : opened.audioChannels === 0;
  return isMute ? 'The film plays without sound: the machine it comes from cannot convert its sound.' : null;
}

function channelLoss({ form, opened, tracks }: Served): string | null {
  if (opened.rendition === 'original' || opened.audioChannels === 0) return null;
  const track = form.audioTrack ?? defaultTrack(tracks);
  const has = (track === null ? null : tracks[track]?.channels) ?? 0;
  const wanted = Math.min(has, form.audioChannels ?? 2);
  return wanted > 2 && (opened.audioChannels ?? 2) < wanted
    ? 'The sound is stereo: the machine it comes from does not convert its surround sound.'
    : null;
}

function pictureLoss({ file, form, opened, isSmallerWanted }: Served): string | null {
  if (opened.rendition !== 'transcode' || isSmallerWanted) return null;
  const shown = form.maxHeight ?? 1_080;
  return file.height !== null && file.height > shown
    ? `The picture is shown in ${shown}p instead of ${resolution(file.height)}: this browser cannot decode it as it is.`
    : null;
}

function subtitleLoss({ file, subtitles }: Served): string | null {
  const has = file.tracks?.some(({ kind }) => kind === 'SUBTITLE') ?? false;
  return has && subtitles === 0 ? 'The film has subtitles that the machine it comes from cannot send.' : null;
}
