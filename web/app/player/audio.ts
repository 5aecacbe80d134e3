import type { FilmContents, PeerConnection } from '@giggityflix/player';
import type { AudioTrack } from '@giggityflix/proto/data-channel';
import { codec, language } from '../ui/format.ts';
import type { MenuOption } from '../ui/menu.ts';
import { baseLanguage } from './languages.ts';
import { hasMediaSource } from './media-source.ts';

/** As people know them from boxes. */
const LAYOUTS: Readonly<Record<number, string>> = { 1: 'mono', 2: 'stereo', 6: '5.1', 8: '7.1' };

/** The tracks of which a viewer may choose: none where the peer cannot convert the film, or the browser not play what it makes. */
export async function listAudio({ client, opened }: PeerConnection): Promise<AudioTrack[]> {
  if (opened.conversions.length === 0 || !hasMediaSource()) return [];
  // A film is no worse without the choice, as from a peer that knows nothing of it.
  return client.audioTracks().catch(() => []);
}

/** The same, and what is known of the picture, wherever it is converted. */
export function readContents({ client }: PeerConnection): Promise<FilmContents> {
  const known = contents.get(client) ?? client.filmContents().catch(() => ({ tracks: [] }));
  contents.set(client, known);
  return known;
}

/** Of each connection, which is for one film. */
const contents = new WeakMap<PeerConnection['client'], Promise<FilmContents>>();

/** What is heard before another track is chosen. */
export function defaultTrack(tracks: readonly AudioTrack[]): number | null {
  return tracks.find((track) => track.default)?.track ?? null;
}

/**
 * The track a viewer hears who has chosen none: in the first of their languages that the film has, or else the default one.
 * A commentary or an audio description is nobody's unless chosen.
 */
export function preferredTrack(tracks: readonly AudioTrack[], languages: readonly string[]): number | null {
  const plain = tracks.filter(({ commentary, audioDescription }) => !commentary && !audioDescription);
  const usual = plain.find((track) => track.default) ?? plain[0];
  for (const language of languages) {
    const spoken = plain.filter((track) => baseLanguage(track.language) === language);
    const found = spoken.find((track) => track.default) ?? spoken[0];
    if (found) return found.track;
  }
  return usual?.track ?? defaultTrack(tracks);
}

/** The track to ask a peer for; null for the one everything plays by itself: the default one, if it is the first as well. */
export function trackToAskFor(tracks: readonly AudioTrack[], track: number): number | null {
  // Browsers differ in whether they take the first or the one marked as the default.
  return track === 0 && defaultTrack(tracks) === 0 ? null : track;
}

/** By their numbers; distinguished by their format where languages and names are the same. */
export function audioOptions(tracks: readonly AudioTrack[]): MenuOption[] {
  const labels = tracks.map(labelOf);
  return tracks.map((track, index) => {
    const label = labels[index] as string;
    const isUnique = labels.indexOf(label) === labels.lastIndexOf(label);
    return { value: String(track.track), label: isUnique ? label : [label, ...make(track)].join(', ') };
  });
}

function labelOf({ language: tag, name, commentary, audioDescription, track }: AudioTrack): string {
  const notes = [commentary && 'commentary', audioDescription && 'with audio description'].filter(Boolean);
  const words = [language(tag), name].filter(Boolean).join(' – ') || `Track ${track + 1}`;
  return notes.length > 0 ? `${words} (${notes.join(', ')})` : words;
}

function make({ codec: coding, channels }: AudioTrack): string[] {
  const layout = channels && (LAYOUTS[channels] ?? `${channels} channels`);
  return [codec(coding), layout].filter((part) => typeof part === 'string');
}
