import type { FilmForm, Quality } from '@giggityflix/player';
import { TRANSCODE_HEIGHTS } from '@giggityflix/proto/data-channel';
import type { MediaFile } from '../operations.ts';
import { resolution } from '../ui/format.ts';
import { hasMediaSource } from './media-source.ts';
import { deviceChannels } from './platform.ts';
import { chooseRendition } from './playability.ts';

export interface QualityOption {
  quality: Quality;
  label: string;
}

/** What can be chosen for a file from a peer that can make these conversions. */
export function qualityOptions(
  file: MediaFile,
  conversions: readonly ('remux' | 'transcode')[],
): QualityOption[] {
  const options: QualityOption[] = [
    { quality: 'auto', label: 'Automatic' },
    { quality: 'original', label: `Original${file.height ? ` (${resolution(file.height)})` : ''}` },
  ];
  if (!hasMediaSource()) return options;
  if (conversions.includes('remux'))
    options.push({ quality: 'remux', label: 'Original picture, made ready for this browser' });
  if (conversions.includes('transcode'))
    for (const height of heightsFor(file)) options.push({ quality: height, label: `${height}p, converted` });
  return options;
}

/** The next smaller picture than the one playing; null when there is none. */
export function lowerQuality(file: MediaFile, quality: Quality): number | null {
  const now = typeof quality === 'number' ? quality : (file.height ?? Number.POSITIVE_INFINITY);
  return heightsFor(file).find((height) => height < now) ?? null;
}

/**
 * What a peer is asked for to give that quality, and an audio track other than the default one. A browser plays a track of its
 * own choice of the original, so that one is repackaged.
 */
export function formFor(
  file: MediaFile,
  quality: Quality,
  audioTrack: number | null,
  isInterlaced: boolean,
): FilmForm {
  const form: FilmForm =
    quality === 'auto' && isInterlaced ? { rendition: 'transcode' } : pictureFor(file, quality);
  const channels = deviceChannels();
  const sound = channels > 2 ? { audioChannels: channels } : {};
  if (audioTrack === null) return { ...form, ...sound };
  return {
    ...form,
    rendition: form.rendition === 'original' ? 'remux' : form.rendition,
    audioTrack,
    ...sound,
  };
}

function pictureFor(file: MediaFile, quality: Quality): FilmForm {
  if (quality === 'auto') return { rendition: chooseRendition(file) };
  if (typeof quality === 'number') return { rendition: 'transcode', maxHeight: quality };
  return { rendition: quality };
}

function heightsFor(file: MediaFile): number[] {
  return TRANSCODE_HEIGHTS.filter((height) => !file.height || height <= file.height);
}
