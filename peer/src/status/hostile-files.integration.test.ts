// cspell:ignore mkfifo elst mvhd tkhd mdhd IHDR
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireFfmpeg } from '@giggityflix/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { startPeer, temporaryDir, testConfig } from '../../testing/harness.ts';

const ffmpeg = requireFfmpeg();
/** What a busy machine may take to read a few files. */
const READ_WITHIN_MS = 60_000;

interface Page {
  titles: { title: string; year: number | null; durationSeconds: number | null }[];
  /** Why a file is not shared, by its name. */
  unshared: Record<string, string>;
  /** What else is said of files: those beside films that are not used. */
  notes: string;
}

// Made once, for the tests only read them.
let film: Buffer;
let matroska: Buffer;

function encoded(name: string, ...args: string[]): Buffer {
  const path = join(temporaryDir(), name);
  const inputs = ['-f', 'lavfi', '-i', 'testsrc=d=4:s=64x48:r=5', '-f', 'lavfi', '-i', 'sine=d=4'];
  execFileSync(ffmpeg.path, ['-v', 'error', ...inputs, '-c:v', 'libx264', '-c:a', 'aac', ...args, path]);
  return readFileSync(path);
}

/** A copy with each box of a name changed. */
function changed(bytes: Buffer, box: string, change: (copy: Buffer, at: number) => void): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf(box); at >= 0; at = copy.indexOf(box, at + 4)) change(copy, at + 4);
  return copy;
}

/** What the owner is shown of a folder with these files. */
async function pageOf(files: Record<string, Buffer | string>, more?: (media: string) => void): Promise<Page> {
  const dir = temporaryDir();
  const config = testConfig(dir, { EXTRACT_METADATA: 'true', FFPROBE_PATH: ffmpeg.ffprobePath });
  const media = join(dir, 'media');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(media, name, '..'), { recursive: true });
    writeFileSync(join(media, name), content);
  }
  more?.(media);
  const peer = await startPeer(config);
  const url = peer.status().http;
  const get = async (path: string) => (await fetch(`${url}/api/${path}`)).json();
  await expect
    .poll(
      () => {
        const now = peer.status();
        return now.scan.last !== null && now.library.pending.files + now.library.settling.files;
      },
      { timeout: READ_WITHIN_MS },
    )
    .toBe(0);
  const status = (await get('status')) as {
    missing: string[];
    scan: { last: { problems: { path: string; reason: string }[] } };
  };
  const unshared = (await get('unshared')) as { path: string; reason: string }[];
  return {
    titles: (await get('titles')) as Page['titles'],
    unshared: Object.fromEntries(
      [...unshared, ...status.scan.last.problems].map(({ path, reason }) => [
        path.slice(media.length + 1),
        reason,
      ]),
    ),
    notes: status.missing.join('\n'),
  };
}

describe.skipIf(ffmpeg.skip)(
  'of what is hostile or broken the owner is shown why, and no wrong title',
  { timeout: 2 * READ_WITHIN_MS },
  () => {
    beforeEach(() => {
      if (film) return;
      film = encoded('film.mp4');
      matroska = encoded('film.mkv');
    });
    const other = () => Buffer.concat([film, Buffer.alloc(8)]);

    it('names: those that name nothing stay apart, and none is more than a line', async () => {
      const { titles } = await pageOf({
        'a/S01E01.mp4': film,
        'b/S01E01.mp4': other(),
        'Wedding (2015).mkv': matroska,
        'Film\u202e\n (2001)<b>.mkv': Buffer.concat([matroska, Buffer.alloc(8)]),
      });
      expect(titles.map(({ title }) => title).sort()).toEqual(['Film', 'S01E01', 'S01E01', 'Wedding']);
    });

    it('times: an edit list that leaves nothing, and a length that the tracks do not have', async () => {
      const { titles, unshared } = await pageOf({
        'Nothing Left (2001).mp4': changed(film, 'elst', (copy, at) =>
          copy.writeInt32BE(0x7fffffff, at + 12),
        ),
        'Too Long (2002).mp4': ['mvhd', 'tkhd', 'mdhd'].reduce(
          (bytes, box) =>
            changed(bytes, box, (copy, at) =>
              copy.writeUInt32BE(0x7ffffff0, at + (box === 'tkhd' ? 20 : 16)),
            ),
          film,
        ),
      });
      expect(unshared).toEqual({
        'Nothing Left (2001).mp4': 'its edit list leaves nothing of it to be played',
      });
      expect(titles).toEqual([expect.objectContaining({ title: 'Too Long', year: 2002 })]);
      expect(titles[0]?.durationSeconds).toBeCloseTo(4, 0);
    });

    it('streams: a codec that nobody knows, and settings that no decoder takes', async () => {
      const { titles, unshared } = await pageOf({
        'Unknown (2001).mkv': changed(matroska, 'V_MPEG4/ISO/AVC', (copy, at) => copy.write('XXXX', at - 4)),
        'Unset (2002).mp4': changed(film, 'avcC', (copy, at) => copy.fill(0xff, at, at + 20)),
      });
      expect(titles).toEqual([]);
      expect(unshared).toEqual({
        'Unknown (2001).mkv': expect.stringContaining('codec that FFmpeg does not know'),
        'Unset (2002).mp4': expect.stringContaining('the settings of its decoder are broken'),
      });
    });

    it('containers: one that is none, and one that is cut off', async () => {
      const { titles, unshared } = await pageOf({
        'List (2001).mp4': '#EXTM3U\nfile:///etc/passwd\n',
        'Cut (2002).mkv': matroska.subarray(0, matroska.length / 2),
      });
      expect(titles).toEqual([]);
      expect(unshared).toEqual({
        'List (2001).mp4': expect.stringContaining('it is a playlist'),
        'Cut (2002).mkv': expect.stringContaining('it is cut off'),
      });
    });

    it('texts and pictures beside a film: entities, an end that is missing, headers that lie', async () => {
      const png = Buffer.concat([
        Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
        Buffer.from('7fffffff7fffffff0802000000', 'hex'),
      ]);
      const { titles, notes } = await pageOf({
        'First (2001).mp4': film,
        'First (2001).nfo':
          '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><movie><title>&a;</title></movie>',
        'First (2001)-poster.png': png,
        'Second (2002).mkv': matroska,
        'Second (2002).nfo': '<movie><title>Another Film</title><year>1950',
        'Second (2002)-poster.jpg': '\xff\xd8\xff\xe0 no picture',
      });
      expect(titles.map(({ title, year }) => [title, year]).sort()).toEqual([
        ['First', 2001],
        ['Second', 2002],
      ]);
      expect(notes).toMatch(/First \(2001\)\.nfo is not used: it declares entities/u);
      expect(notes).toMatch(/Second \(2002\)\.nfo is not used: it is cut off/u);
    });

    it('files in motion: pipes and links out of the folder are not opened, the same bytes are one film', async () => {
      const { titles, unshared } = await pageOf({ 'Film (2001).mp4': film }, (media) => {
        execFileSync('mkfifo', [join(media, 'Pipe (2002).mp4')]);
        symlinkSync('/etc/hostname', join(media, 'Out (2003).mp4'));
        copyFileSync(join(media, 'Film (2001).mp4'), join(media, 'Film (2001) copy.mp4'));
      });
      expect(titles.map(({ title }) => title)).toEqual(['Film']);
      expect(unshared).toMatchObject({
        'Out (2003).mp4': 'the link leads out of the media folders',
      });
    });
  },
);
