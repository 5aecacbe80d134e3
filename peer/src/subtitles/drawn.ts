import type { FileHandle } from 'node:fs/promises';
import { type DrawnSubtitleFormat, MAX_UNPACKED_SUBTITLE_BYTES } from '@giggityflix/proto/data-channel';
import { parseVobSubIndex, type VobSubIndex } from '@giggityflix/subtitles';
import type { SharedContent } from '../content/content-source.ts';
import { probeCodecData } from '../ffmpeg/stream-probe.ts';
import type { FFmpegTools } from '../ffmpeg/tools.ts';
import { extractPictures, extractText } from './extract.ts';
import { readAttachedFonts } from './matroska-fonts.ts';
import { packSubtitle } from './pack.ts';
import { openSubtitleFile, readSubtitleFile, SubtitleError } from './text.ts';
import type { FoundSubtitle } from './tracks.ts';
import { readVobSubIndex } from './vob-sub-file.ts';

export interface DrawnOptions {
  content: SharedContent;
  track: FoundSubtitle;
  tools: FFmpegTools;
  signal: AbortSignal;
}

/**
 * A track in its own format, packed. SubStation Alpha is `{script, fonts: [{name, bytes}]}`, the script's length in bytes and then
 * the fonts; PGS is a `.sup` file; VobSub is `{width, height, palette, stream, times}` and a program stream.
 *
 * @throws SubtitleError, ContentChangedError, the signal's reason
 */
export function makeDrawn(format: DrawnSubtitleFormat, options: DrawnOptions): Promise<Uint8Array> {
  if (format === 'ass') return makeAss(options);
  return format === 'pgs' ? makePgs(options) : makeVobSub(options);
}

async function makeAss({ content, track, tools, signal }: DrawnOptions): Promise<Uint8Array> {
  const { at } = track;
  const text =
    at.kind === 'stream'
      ? await extractText({ content, ...at }, requireFfmpeg(tools), signal)
      : await readSubtitleFile(content, at.name, track.language);
  const script = Buffer.from(text);
  const fonts = await withHandle(await content.open(), readAttachedFonts);
  const header = {
    script: script.byteLength,
    fonts: fonts.map(({ name, bytes }) => ({ name, bytes: bytes.byteLength })),
  };
  return packSubtitle(header, [script, ...fonts.map(({ bytes }) => bytes)], signal);
}

async function makePgs({ content, track, tools, signal }: DrawnOptions): Promise<Uint8Array> {
  const { at } = track;
  if (at.kind === 'stream') {
    const wanted = { ffmpegPath: requireFfmpeg(tools), format: 'pgs' } as const;
    return extractPictures({ content, ...at }, wanted, signal, (pictures) =>
      packSubtitle({}, pictures, signal),
    );
  }
  const file = await openSubtitleFile(content, at.name, MAX_UNPACKED_SUBTITLE_BYTES);
  return withHandle(file, (handle) => packSubtitle({}, contentOf(handle), signal));
}

async function makeVobSub({ content, track, tools, signal }: DrawnOptions): Promise<Uint8Array> {
  const { at } = track;
  if (at.kind === 'stream') {
    const data = tools.ffprobePath
      ? await probeCodecData(content, at.index, tools.ffprobePath, signal)
      : new Uint8Array();
    const header = headerOf(parseVobSubIndex(new TextDecoder('latin1').decode(data)), 0);
    const wanted = { ffmpegPath: requireFfmpeg(tools), format: 'vobsub' } as const;
    return extractPictures({ content, ...at }, wanted, signal, (pictures) =>
      packSubtitle(header, pictures, signal),
    );
  }
  if (at.kind !== 'vobsub') throw new SubtitleError('the subtitles have no index');
  const index = await readVobSubIndex(content, at.index);
  const found = index.tracks[at.track];
  if (!found) throw new SubtitleError('the subtitles are no longer there');
  const header = { ...headerOf(index, found.stream), times: found.times };
  const file = await openSubtitleFile(content, at.name, MAX_UNPACKED_SUBTITLE_BYTES);
  return withHandle(file, (handle) => packSubtitle(header, contentOf(handle), signal));
}

function headerOf({ width, height, palette }: VobSubIndex, stream: number) {
  return { width, height, palette, stream };
}

function requireFfmpeg({ ffmpegPath }: FFmpegTools): string {
  if (!ffmpegPath) throw new SubtitleError('this peer has no FFmpeg to extract subtitles with');
  return ffmpegPath;
}

function contentOf(handle: FileHandle): AsyncIterable<Uint8Array> {
  return handle.createReadStream({ autoClose: false, start: 0 });
}

async function withHandle<T>(handle: FileHandle, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}
