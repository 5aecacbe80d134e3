// cspell:ignore русский
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { MAX_SUBTITLE_BYTES, MAX_UNPACKED_SUBTITLE_BYTES } from '@giggityflix/proto/data-channel';
import { decodeVobSubPicture, readVobSubPackets } from '@giggityflix/subtitles';
import { requireFfmpeg } from '@giggityflix/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pgsFile } from '../../testing/pgs.ts';
import { processesWith } from '../../testing/streaming.ts';
import type { SharedContent } from '../content/content-source.ts';
import { readAttachedFonts } from './matroska-fonts.ts';
import { createSubtitles, toSubtitleTrack } from './subtitles.ts';
import type { FoundSubtitle } from './tracks.ts';

const ffmpeg = requireFfmpeg();
const asText = (track: FoundSubtitle) => ({ track, format: null });
const shown = (track: FoundSubtitle, at: number) => toSubtitleTrack(track, at, new Set());
const forever = new AbortController().signal;
const SRT = '1\r\n00:00:01,000 --> 00:00:02,500\r\nGrüße, <i>Welt</i>\r\n\r\n';
const ASS = `[Script Info]
ScriptType: v4.00+
[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\b1}Hello{\\b0}, with a comma
`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'giggityflix-subtitles-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A film of that name in a folder of its own with these files beside it. */
function filmWith(files: Record<string, string | Uint8Array>, film = 'Film.mkv'): SharedContent {
  const folder = mkdtempSync(join(directory, 'folder-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return {
    catalogId: folder,
    path: join(folder, film),
    subtitles: Object.keys(files),
    isAvailable: async () => true,
    open: () => open(join(folder, film)),
  } as unknown as SharedContent;
}

/** A program that never gets anywhere; `name` distinguishes its processes from others. */
function stuckFfmpeg(name: string): string {
  const path = join(directory, `stuck-at-${name}`);
  writeFileSync(path, '#!/bin/sh\nwhile :; do sleep 0.05; done\n', { mode: 0o755 });
  return path;
}

describe.skipIf(ffmpeg.skip)('subtitles beside a film', () => {
  const subtitles = createSubtitles(async () => ({ ffmpegPath: ffmpeg.path, ffprobePath: null }));
  const textOf = async (content: SharedContent, which = 0, from = subtitles) => {
    const found = await from.list(content, forever);
    return new TextDecoder().decode(await from.read(content, asText(found[which]!), forever));
  };

  it('that cannot be read are noted for the owner, until they can', async () => {
    const readings: (string | null)[] = [];
    const noting = createSubtitles(
      async () => ({ ffmpegPath: null, ffprobePath: null }),
      ({ path, problem }) => readings.push(basename(path), problem),
    );
    await expect(textOf(filmWith({ 'Film.en.srt': 'nothing\0 at all' }), 0, noting)).rejects.toThrow();
    await expect(textOf(filmWith({ 'Film.de.srt': '' }), 0, noting)).rejects.toThrow();
    await textOf(filmWith({ 'Film.fr.srt': SRT }), 0, noting);
    const problem = 'there are no subtitles in the file';
    expect(readings).toEqual(['Film.en.srt', problem, 'Film.de.srt', problem, 'Film.fr.srt', null]);
  });

  it('are described by what their names say, and by nothing else', async () => {
    const names = [
      'Film.en.srt',
      'Film.de.forced.srt',
      'Film.pt-BR.SDH.ass',
      'Film.en.hi.vtt',
      'Film.hi.srt',
      'Film.Director.srt',
      'Film.srt',
      'Film.en.txt',
    ];
    const content = filmWith(Object.fromEntries(names.map((name) => [name, SRT])));
    const found = await subtitles.list(content, forever);
    const plain = { language: null, name: null, forced: false, hearingImpaired: false };
    expect(found.map(shown)).toEqual([
      { ...plain, track: 0, language: 'en' },
      { ...plain, track: 1, language: 'de', forced: true },
      { ...plain, track: 2, language: 'pt-BR', hearingImpaired: true },
      { ...plain, track: 3, language: 'en', hearingImpaired: true },
      { ...plain, track: 4, language: 'hi' },
      { ...plain, track: 5, name: 'Director' },
      { ...plain, track: 6 },
    ]);
  });

  it.each([
    ['Film_en.srt', { language: 'en' }],
    ['film-EN.SRT', { language: 'EN' }],
    ['Film.eng.srt', { language: 'eng' }],
    ['Film.English.srt', { language: 'en' }],
    ['Film (Deutsch).srt', { language: 'de' }],
    ['Film.cht.srt', { language: 'zh-Hant' }],
    ['Film.chs.srt', { language: 'zh-Hans' }],
    ['Film.pob.srt', { language: 'pt-BR' }],
    ['Film-pt-BR.srt', { language: 'pt-BR' }],
    ['Film.en-forced.srt', { language: 'en', forced: true }],
    ['Film.en.default.srt', { language: 'en' }],
    ['Film_Spanish_SDH.srt', { language: 'es', hearingImpaired: true }],
    ['Film.日本語.srt', { language: 'ja' }],
    ['Film.русский.srt', { language: 'ru' }],
    ['Subs/2_English.srt', { language: 'en' }],
    ['Subs/Film/3_French.srt', { language: 'fr' }],
    ['Subs/Film.nl.srt', { language: 'nl' }],
    ['FILM.EN.SUB', { language: 'EN' }],
    ['Film.zh-Hant.smi', { language: 'zh-Hant' }],
    ['Film.zh-TW.SBV', { language: 'zh-Hant' }],
    ['Film.en.cc.ttml', { language: 'en', hearingImpaired: true }],
    ['Film.en.SDH.forced.srt', { language: 'en', hearingImpaired: true, forced: true }],
    ['Film.fre[CC].srt', { language: 'fre', hearingImpaired: true }],
    ['Film - Brazilian.srt', { language: 'pt-BR' }],
    ['Film.sr-Latn.srt', { language: 'sr-Latn' }],
    ['Film.2.en.srt', { language: 'en', name: '2' }],
  ])('called %s say %j', async (name, expected) => {
    const content = { ...filmWith({}), subtitles: [name] };
    const [track, ...others] = (await subtitles.list(content, forever)).map(shown);
    const plain = { language: null, name: null, forced: false, hearingImpaired: false };
    expect(track).toEqual({ ...plain, track: 0, ...expected });
    expect(others).toEqual([]);
  });

  it('that are called alike can be told apart, and the default comes first', async () => {
    const content = {
      ...filmWith({}),
      subtitles: ['Film.de.srt', 'Film.en.srt', 'Film_en.srt', 'Subs/English.srt', 'Film.en.default.srt'],
    };
    const found = await subtitles.list(content, forever);
    expect(found.map(({ at, language, name }) => [(at as { name: string }).name, language, name])).toEqual([
      ['Film.en.default.srt', 'en', null],
      ['Film.de.srt', 'de', null],
      ['Film.en.srt', 'en', '2'],
      ['Film_en.srt', 'en', '3'],
      ['Subs/English.srt', 'en', '4'],
    ]);
  });

  it('are read from the folder of subtitles below it', async () => {
    const content = filmWith({});
    mkdirSync(join(content.path, '..', 'Subs', 'Film'), { recursive: true });
    writeFileSync(join(content.path, '..', 'Subs', 'Film', '2_German.srt'), SRT);
    expect(await textOf({ ...content, subtitles: ['Subs/Film/2_German.srt'] })).toContain('Grüße');
  });

  it.each([
    ['SubRip in UTF-8', 'Film.de.srt', Buffer.from(SRT), 'Grüße, <i>Welt</i>'],
    ['SubRip with a byte order mark', 'Film.de.srt', Buffer.from(`\ufeff${SRT}`), 'Grüße, <i>Welt</i>'],
    ['SubRip in UTF-16', 'Film.de.srt', Buffer.from(`\ufeff${SRT}`, 'utf16le'), 'Grüße'],
    ['SubRip in Latin letters of old', 'Film.de.srt', Buffer.from(SRT, 'latin1'), 'Grüße'],
    ['SubStation Alpha', 'Film.en.ass', Buffer.from(ASS), '<b>Hello</b>, with a comma'],
    ['MicroDVD', 'Film.en.sub', Buffer.from('{1}{1}25\r\n{25}{50}{y:i}Hello|you\r\n'), '<i>Hello</i>\nyou'],
    [
      'SAMI',
      'Film.smi',
      Buffer.from('<SAMI><BODY><SYNC Start=1000><P>Hi &amp; bye<SYNC Start=2000><P>&nbsp;'),
      'Hi &amp; bye',
    ],
    ['SubRip that is called WebVTT', 'Film.vtt', Buffer.from(SRT), 'Grüße, <i>Welt</i>'],
    ['WebVTT', 'Film.vtt', Buffer.from('WEBVTT\n\n00:01.000 --> 00:02.000\nas it is\n'), 'as it is'],
  ])('come as WebVTT from %s', async (_format, name, bytes, expected) => {
    const text = await textOf(filmWith({ [name]: bytes }));
    expect(text).toMatch(/^WEBVTT\s/);
    expect(text).toMatch(/00:01\.000 --> 00:02\.[05]00/);
    expect(text).toContain(expected);
  });

  it('come without FFmpeg', async () => {
    const bare = createSubtitles(async () => ({ ffmpegPath: null, ffprobePath: null }));
    const content = filmWith({ 'Film.en.srt': SRT, 'Film.de.vtt': 'WEBVTT\n' });
    expect(await bare.list(content, forever)).toMatchObject([{ language: 'en' }, { language: 'de' }]);
    expect(await textOf(content, 0, bare)).toContain('Grüße, <i>Welt</i>');
    expect(await textOf(content, 1, bare)).toBe('WEBVTT\n');
  });

  it('count the frames of their film', async () => {
    const counted = createSubtitles(async () => ({
      ffmpegPath: ffmpeg.path,
      ffprobePath: ffmpeg.ffprobePath,
    }));
    const content = filmWith({ 'Film.sub': '{50}{100}Hello\n' });
    const lavfi = ['-f', 'lavfi', '-i', 'testsrc=size=64x36:rate=50:duration=0.2'];
    execFileSync(ffmpeg.path, ['-v', 'error', ...lavfi, content.path]);
    expect(await textOf(content, 0, counted)).toContain('00:01.000 --> 00:02.000\nHello');
  });

  it('are refused when they are none', async () => {
    for (const [name, text] of [
      ['Film.vtt', '<html><script>alert(1)</script>'],
      ['Film.srt', Buffer.alloc(1_000, 7)],
      ['Film.srt', ''],
    ] as const)
      await expect(textOf(filmWith({ [name]: text }))).rejects.toThrow('no subtitles in the file');
    const long = filmWith({ 'Film.vtt': `WEBVTT\n${'x'.repeat(MAX_SUBTITLE_BYTES)}` });
    await expect(textOf(long)).rejects.toThrow('too long');
  });

  it('are refused when their name leads anywhere else than beside the film', async () => {
    const secret = join(directory, 'secret.vtt');
    writeFileSync(secret, 'WEBVTT\n\nNOTE secret\n');
    const content = filmWith({});
    const folder = join(content.path, '..');
    symlinkSync(secret, join(folder, 'Film.en.vtt'));
    mkdirSync(join(folder, 'Film.folder.vtt'));
    execFileSync('mkfifo', [join(folder, 'Film.pipe.vtt')]);
    for (const name of [
      'Film.en.vtt',
      'Film.folder.vtt',
      'Film.pipe.vtt',
      '../secret.vtt',
      'Film.folder.vtt/../../secret.vtt',
      './Film.en.vtt',
      'a/b/c/Film.en.vtt',
      secret,
      'Film.\0.vtt',
      'Film.gone.vtt',
    ]) {
      const track = { at: { kind: 'file', name }, language: null } as never;
      await expect(subtitles.read(content, asText(track), forever), name).rejects.toThrow(
        'the subtitles are no',
      );
    }
  });

  it('are refused when the film is no longer shared', async () => {
    const content = { ...filmWith({ 'Film.vtt': 'WEBVTT\n' }), isAvailable: async () => false };
    await expect(textOf(content)).rejects.toThrow('gone');
  });
});

describe.skipIf(ffmpeg.skip)('subtitles within a film', () => {
  const tools = async () => ({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath });
  let film: SharedContent;

  beforeAll(() => {
    film = filmWith({ 'in.srt': SRT, 'in.ass': ASS });
    const folder = join(film.path, '..');
    execFileSync(ffmpeg.path, [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x36:rate=5:duration=3'],
      ...['-i', join(folder, 'in.srt'), '-i', join(folder, 'in.ass'), '-map', '0', '-map', '1', '-map', '2'],
      ...['-metadata:s:s:0', 'language=ger', '-metadata:s:s:1', 'language=eng'],
      ...['-metadata:s:s:1', 'title=Signs', '-disposition:s:1', 'forced', '-c:s', 'copy', film.path],
    ]);
    film = { ...film, subtitles: [] };
  });

  it('are listed by language and name, and come as WebVTT', async () => {
    const subtitles = createSubtitles(tools);
    const found = await subtitles.list(film, forever);
    expect(found.map(shown)).toEqual([
      { track: 0, language: 'ger', name: null, forced: false, hearingImpaired: false },
      { track: 1, language: 'eng', name: 'Signs', forced: true, hearingImpaired: false },
    ]);
    const texts = await Promise.all(
      found.map(async (track) =>
        new TextDecoder().decode(await subtitles.read(film, asText(track), forever)),
      ),
    );
    expect(texts[0]).toContain('Grüße, <i>Welt</i>');
    expect(texts[1]).toContain('<b>Hello</b>, with a comma');
  });

  it('that are called alike are both there, numbered', async () => {
    const two = { ...filmWith({}), subtitles: [] };
    cpSync(join(import.meta.dirname, '../../testing/two-subtitles.mkv'), two.path);
    const subtitles = createSubtitles(tools);
    const found = await subtitles.list(two, forever);
    expect(found.map(({ language, name }) => [language, name])).toEqual([
      ['eng', null],
      ['eng', '2'],
    ]);
    const texts = await Promise.all(
      found.map(async (track) => new TextDecoder().decode(await subtitles.read(two, asText(track), forever))),
    );
    expect(texts[0]).toContain('-->');
    expect(texts[1]).toContain('-->');
    expect(texts[0]).not.toBe(texts[1]);
  });

  it('are none in a file nobody can read', async () => {
    const junk = filmWith({ 'Film.mkv': 'this is no film' });
    expect(await createSubtitles(tools).list({ ...junk, subtitles: [] }, forever)).toEqual([]);
  });

  it('are read once for all who wait, and not to the end when nobody does any more', async () => {
    const stuck = stuckFfmpeg('track');
    const subtitles = createSubtitles(async () => ({ ...(await tools()), ffmpegPath: stuck }));
    const [track] = await subtitles.list(film, forever);
    const viewers = [new AbortController(), new AbortController()];
    const reads = viewers.map(({ signal }) => subtitles.read(film, asText(track!), signal));
    for (const read of reads) read.catch(() => {});
    await expect.poll(() => processesWith(stuck)).toHaveLength(1);
    viewers[0]!.abort(new Error('left'));
    await expect(reads[0]).rejects.toThrow('left');
    expect(processesWith(stuck)).toHaveLength(1);
    viewers[1]!.abort(new Error('left'));
    await expect(reads[1]).rejects.toThrow('left');
    // What was given up is begun anew for whoever comes then.
    const last = new AbortController();
    const again = subtitles.read(film, asText(track!), last.signal);
    again.catch(() => {});
    await expect.poll(() => processesWith(stuck)).toHaveLength(1);
    last.abort(new Error('left'));
    await expect(again).rejects.toThrow('left');
    await expect.poll(() => processesWith(stuck)).toEqual([]);
  });
});

describe.skipIf(ffmpeg.skip)('subtitles that viewers draw themselves', () => {
  const tools = async () => ({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath });
  const subtitles = createSubtitles(tools);
  const unpack = (packed: Uint8Array) => {
    const bytes = gunzipSync(packed);
    const end = 4 + bytes.readUInt32BE(0);
    return { header: JSON.parse(bytes.subarray(4, end).toString()), content: bytes.subarray(end) };
  };
  const readDrawn = async (content: SharedContent, track: FoundSubtitle) =>
    unpack(await subtitles.read(content, { track, format: track.format! }, forever));
  const FONT = Buffer.concat([Buffer.from([0, 1, 0, 0]), Buffer.alloc(5_000, 7)]);
  const PGS = pgsFile([
    { startSeconds: 1, endSeconds: 2 },
    { startSeconds: 3, endSeconds: 4 },
  ]);
  let film: SharedContent;

  beforeAll(() => {
    film = filmWith({ 'in.ass': ASS, 'in.sup': PGS, 'a.ttf': FONT, 'b.txt': 'no font' });
    const at = (name: string) => join(film.path, '..', name);
    const attach = ['a.ttf', 'b.txt'].flatMap((name, index) => [
      ...['-attach', at(name), `-metadata:s:t:${index}`, 'mimetype=application/x-truetype-font'],
    ]);
    const shift = ['-itsoffset', '1'];
    execFileSync(ffmpeg.path, [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x36:rate=5:duration=5', '-i', at('in.ass')],
      ...[...shift, '-i', at('in.sup'), ...shift, '-i', at('in.sup'), '-map', '0', '-map', '1', '-map', '2'],
      ...['-map', '3', '-c:s:0', 'copy', '-c:s:1', 'copy', '-c:s:2', 'dvdsub', ...attach, film.path],
    ]);
    film = { ...film, subtitles: [] };
  });

  it('are listed with their format for viewers who name it', async () => {
    const found = await subtitles.list(film, forever);
    const drawn = new Set(['ass', 'vobsub']);
    expect(found.map((track, at) => toSubtitleTrack(track, at, drawn).format)).toEqual([
      'ass',
      undefined,
      'vobsub',
    ]);
    expect(found.map(({ isPicture }) => isPicture)).toEqual([false, true, true]);
  });

  it('are a script with the fonts of the film, and what is no font is left out', async () => {
    const [track] = await subtitles.list(film, forever);
    const { header, content } = await readDrawn(film, track!);
    expect(header.fonts).toEqual([{ name: 'a.ttf', bytes: FONT.byteLength }]);
    expect(content.subarray(0, header.script).toString()).toContain('{\\b1}Hello{\\b0}, with a comma');
    expect(content.subarray(header.script).equals(FONT)).toBe(true);
    const beside = { ...film, subtitles: ['in.ass'] };
    const [file] = await subtitles.list(beside, forever);
    expect((await readDrawn(beside, file!)).header).toEqual({
      script: Buffer.byteLength(ASS),
      fonts: header.fonts,
    });
  });

  it('are the pictures of a Blu-ray disc, as they were', async () => {
    const [, track] = await subtitles.list(film, forever);
    expect((await readDrawn(film, track!)).content.equals(PGS)).toBe(true);
    const beside = { ...film, subtitles: ['in.sup'] };
    const [file] = await subtitles.list(beside, forever);
    expect((await readDrawn(beside, file!)).content.equals(PGS)).toBe(true);
  });

  it('are the pictures of a DVD with their colours, from a film and from two files beside it', async () => {
    const [, , track] = await subtitles.list(film, forever);
    const { header, content } = await readDrawn(film, track!);
    expect(header).toMatchObject({ width: 640, height: 360, stream: 0 });
    expect(header.palette).toHaveLength(16);
    const packets = readVobSubPackets(content, header.stream);
    expect(packets.map(({ milliseconds }) => milliseconds)).toEqual([1_000, 3_000]);
    expect(decodeVobSubPicture(packets[0]!)).toMatchObject({ x: 100, y: 280, width: 200, height: 40 });

    const index = `size: 640x360\nid: de, index: 0\ntimestamp: 00:00:01:000, filepos: 0\nid: en, index: 1\n`;
    const pair = filmWith({ 'Film.idx': index, 'Film.sub': content, 'Film.en.sub': SRT });
    const found = await subtitles.list(pair, forever);
    expect(found.map(({ language, format }) => [language, format])).toEqual([
      ['en', undefined],
      ['de', 'vobsub'],
    ]);
    writeFileSync(pair.path, '');
    const read = await readDrawn(pair, found[1]!);
    expect(read.header).toMatchObject({ stream: 0, times: [[0, 1_000]] });
    expect(read.content.equals(content)).toBe(true);
  });

  it('are refused when they are too long, or gone', async () => {
    const beside = { ...film, subtitles: ['in.sup'] };
    const [file] = await subtitles.list(beside, forever);
    const path = join(film.path, '..', 'in.sup');
    truncateSync(path, MAX_UNPACKED_SUBTITLE_BYTES + 1);
    await expect(
      subtitles.read({ ...beside, catalogId: 'other' as never }, { track: file!, format: 'pgs' }, forever),
    ).rejects.toThrow('too long');
  });
});

it('fonts of a broken Matroska film are none, or those that can be read', async () => {
  const handle = (bytes: Uint8Array) =>
    ({
      stat: async () => ({ size: bytes.byteLength }),
      async read(target: Uint8Array, offset: number, length: number, at: number) {
        const part = bytes.subarray(at, at + length);
        target.set(part, offset);
        return { bytesRead: part.byteLength };
      },
    }) as never;
  const element = (id: number[], body: number[]) => [...id, 0x10, 0, 0, body.length, ...body];
  const font = element(
    [0x61, 0xa7],
    [
      ...element([0x46, 0x6e], [...Buffer.from('a.otf')]),
      ...element([0x46, 0x5c], [...Buffer.from('OTTO....')]),
    ],
  );
  const film = Uint8Array.from([
    ...element([0x1a, 0x45, 0xdf, 0xa3], []),
    ...element([0x18, 0x53, 0x80, 0x67], element([0x19, 0x41, 0xa4, 0x69], font)),
  ]);
  expect(await readAttachedFonts(handle(film))).toEqual([{ name: 'a.otf', bytes: Buffer.from('OTTO....') }]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(film.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.nat(film.length),
      async (changes, length) => {
        const broken = Uint8Array.from(film).subarray(0, length);
        for (const [at, value] of changes) if (at < length) broken[at] = value;
        expect((await readAttachedFonts(handle(broken))).length).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 300 },
  );
});
