import { declaredFrameRate, parseSubtitles, parseVobSubIndex } from '@giggityflix/subtitles';
import { type Loaded, loadAss } from './loaded.ts';

/** Of text, and of pictures. */
const MAX_TEXT_BYTES = 8 * 1_024 * 1_024;
const MAX_PICTURE_BYTES = 64 * 1_024 * 1_024;
/** Bytes the encoding is found by. */
const SAMPLE_BYTES = 65_536;

/** What a file picker offers. */
export const OWN_FILE_TYPES = '.srt,.vtt,.ass,.ssa,.sub,.idx,.sup,.sbv,.smi,.sami,.ttml,.dfxp,.xml,.mpl,.txt';

/**
 * Subtitles of the viewer's own: one file, or the two of VobSub. They stay in the page.
 *
 * @throws Error, fit for the viewer, when they are none
 */
export async function readOwnFile(files: readonly File[]): Promise<Loaded> {
  const named = (extension: string) => files.find(({ name }) => name.toLowerCase().endsWith(extension));
  const index = named('.idx');
  const pictures = named('.sub');
  if (index && pictures) return readVobSub(index, pictures);
  const [file] = files;
  if (!file) throw new Error('there is no file');
  if (index) throw new Error('VobSub is two files: choose the .idx and the .sub together');
  if (named('.sup')) return { kind: 'pgs', file: await bytesOf(file, MAX_PICTURE_BYTES) };
  const text = await decodeBytes(await bytesOf(file, MAX_TEXT_BYTES));
  const parsed = parseSubtitles(text, declaredFrameRate(text));
  if (parsed.format === 'ass') return loadAss(text);
  if (parsed.cues.length === 0) throw new Error('there are no subtitles in the file');
  return { kind: 'text', cues: parsed.cues };
}

async function readVobSub(index: File, pictures: File): Promise<Loaded> {
  const said = parseVobSubIndex(await decodeBytes(await bytesOf(index, MAX_TEXT_BYTES)));
  const language = navigator.language.slice(0, 2);
  const track = said.tracks.find((one) => one.language === language) ?? said.tracks[0];
  if (!track) throw new Error('there are no subtitles in the file');
  const { width, height, palette } = said;
  return {
    kind: 'vobsub',
    file: await bytesOf(pictures, MAX_PICTURE_BYTES),
    index: { width, height, palette, stream: track.stream, times: track.times },
  };
}

async function bytesOf(file: File, max: number): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size > max) throw new Error('the file is too large');
  return new Uint8Array(await file.arrayBuffer());
}

/** By the byte order mark, else as UTF-8 or UTF-16 where it is valid as such, else by the statistics of its letters. */
export async function decodeBytes(bytes: Uint8Array): Promise<string> {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decode(bytes, 'utf-16le');
  if (first === 0xfe && second === 0xff) return decode(bytes, 'utf-16be');
  try {
    if (!bytes.includes(0)) return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // It is in an older encoding.
  }
  const zeros = [0, 0];
  for (const [at, byte] of bytes.subarray(0, SAMPLE_BYTES).entries()) if (byte === 0) zeros[at % 2]! += 1;
  const [even = 0, odd = 0] = zeros;
  if (even + odd > 0) return decode(bytes, odd >= even ? 'utf-16le' : 'utf-16be');
  // It is large, and most files need it not.
  const { detect } = await import('jschardet');
  const { encoding } = detect(sampleOf(bytes));
  return decode(bytes, encoding ?? 'windows-1252');
}

/** Lines with letters beyond ASCII. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  const lines: number[] = [];
  let start = 0;
  let isTelling = false;
  for (let at = 0; at <= bytes.length && lines.length < SAMPLE_BYTES; at += 1) {
    const byte = bytes[at] ?? 10;
    if (byte >= 0x80 || byte === 0x1b) isTelling = true;
    if (byte !== 10 && byte !== 13) continue;
    if (isTelling) lines.push(...bytes.subarray(start, Math.min(at, start + 2_000)), 10);
    start = at + 1;
    isTelling = false;
  }
  return Uint8Array.from(lines);
}

function decode(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(LABELS[encoding.toLowerCase()] ?? encoding).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The detector's names of encodings where browsers have others. */
const LABELS: Readonly<Record<string, string>> = {
  cp932: 'shift_jis',
  cp949: 'euc-kr',
  'tis-620': 'windows-874',
  ascii: 'windows-1252',
};
