import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Check, ok, problem, warning } from '../checks.ts';
import type { Household } from './context.ts';

const TIMEOUT_MS = 5_000;
const LITTLE_BYTES = 1e9;
const TOO_LITTLE_BYTES = 5e7;

interface PeerStatus {
  edge: { state: string; address: string; lastError: string | null };
  library: { shared: { files: number } };
}

export const peer: Check<Household> = {
  name: 'peer',
  async run({ peerUrl }) {
    const status = await fetch(`${peerUrl}/api/status`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
      .then((response) => response.json() as Promise<PeerStatus>)
      .catch(() => null);
    if (!status)
      return [
        problem(
          `no peer answers at ${peerUrl}`,
          'Start the platform, or a peer ("npx giggityflix-peer start"), and name the port of its page in PEER_HTTP_PORT.',
        ),
      ];
    const { edge, library } = status;
    if (edge.state !== 'connected')
      return [
        problem(
          `the peer is not connected (${edge.state}): ${edge.lastError ?? `it tries ${edge.address}`}`,
          edge.state === 'paused'
            ? `Resume sharing at ${peerUrl}.`
            : 'Its page says why: it may need an invitation, or an approval.',
        ),
      ];
    const { files } = library.shared;
    return files > 0
      ? [ok(`shares ${files} file${files === 1 ? '' : 's'}`)]
      : [problem('the peer shares nothing', `Add a folder with films at ${peerUrl}, or set MEDIA_DIRS.`)];
  },
};

const runs = (program: string) =>
  new Promise<boolean>((done) => {
    execFile(program, ['-version'], { timeout: TIMEOUT_MS }, (error) => done(error === null));
  });

export const programs: Check<Household> = {
  name: 'FFmpeg',
  async run({ ffmpeg, ffprobe }) {
    const [hasFFmpeg, hasProbe] = await Promise.all([runs(ffmpeg), runs(ffprobe)]);
    if (hasFFmpeg && hasProbe) return [ok('installed')];
    const lacking = [...(hasFFmpeg ? [] : ['ffmpeg']), ...(hasProbe ? [] : ['ffprobe'])].join(' and ');
    return [
      warning(
        `${lacking} cannot be run: films that a browser cannot decode do not play, and there are no screenshots`,
        'Install FFmpeg ("sudo apt install ffmpeg", "brew install ffmpeg"), or set FFMPEG_PATH and FFPROBE_PATH.',
      ),
    ];
  },
};

export const disk: Check<Household> = {
  name: 'disk',
  async run({ dataDir }) {
    let folder = resolve(dataDir);
    while (!existsSync(folder)) folder = dirname(folder);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const text = `${(free / 1e9).toFixed(1)} GB are free for ${resolve(dataDir)}`;
    const remedy = 'Make room, or move STACK_DATA_DIR to another disk.';
    if (free < TOO_LITTLE_BYTES) return [problem(text, remedy)];
    return free < LITTLE_BYTES ? [warning(text, remedy)] : [ok(text)];
  },
};
