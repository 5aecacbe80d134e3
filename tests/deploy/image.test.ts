import { execFileSync } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOf } from '../../scripts/image/contents.ts';
import { TARGETS } from '../../scripts/image/targets.ts';
import { compileProgram } from '../../scripts/pack/compile.ts';
import { LARGEST_BYTES, type Launch, PROGRAMS, start } from './programs.ts';

/** What FFmpeg takes, as the Dockerfile installs it, which is not done here. */
const FFMPEG_BYTES = 270 * 1024 * 1024;
/** A container may run as any number, also one that no user of its system has. */
const USER = 54_321;

/** A tree has thousands of files. */
const SLOW_DISK_MS = 300_000;

let folder: string;
/** A copy of this Node.js: the folder that it is in may be its owner's alone. */
const node = () => join(folder, 'node');
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'giggityflix-image-'));
  copyFileSync(process.execPath, node());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }), SLOW_DISK_MS);

/** The programs are started with nothing of the environment of this test, as whom a container runs them. */
function launch(tree: string, program: string): Launch {
  const data = mkdtempSync(join(folder, 'data-'));
  const asUser = process.getuid?.() === 0;
  if (asUser) chownSync(data, USER, USER);
  return {
    command: node(),
    args: [join(tree, program)],
    cwd: tree,
    ...(asUser && { uid: USER, gid: USER }),
    env: {
      HOME: data,
      BUS: 'embedded',
      BUS_PATH: join(data, 'bus.db'),
      STATE: 'embedded',
      STATE_PATH: join(data, 'state.db'),
      DATABASE_URL: `file:${join(data, 'catalog.db')}`,
      DATA_DIR: join(data, 'peer'),
      HOST: '127.0.0.1',
      ...{ HTTP_PORT: '0', PORT: '0', SERVER_PORT: '0', MATCHMAKER_PORT: '0' },
      ...{ GRPC_USE_TLS: 'false', GRPC_SERVER_ADDRESS: '127.0.0.1:0', EDGE_GRPC_ADDRESS: '127.0.0.1:1' },
      ENABLE_UPNP: 'false',
    },
  };
}

describe.each(Object.entries(TARGETS))('the image of %s', (name, target) => {
  const tree = () => join(folder, name);
  const programs = PROGRAMS[name] ?? [];
  beforeAll(() => {
    mkdirSync(tree());
    execFileSync(process.execPath, [join(ROOT, 'scripts/assemble-image.ts'), name, tree()], {
      stdio: 'pipe',
    });
    // That of mkdtemp is its owner's alone.
    execFileSync('chmod', ['-R', 'a+rX', folder]);
  }, SLOW_DISK_MS);

  it('has the files it names', () => {
    expect(programs.length).toBeGreaterThan(0);
    for (const path of [...target.files, ...programs])
      expect([path, existsSync(join(tree(), path))]).toEqual([path, true]);
  });

  it('has every module and package that its programs reach, also those they load later', async () => {
    const { modules, packages } = await compileProgram({ root: ROOT, entries: programs });
    const sources = [...modules.keys()].map((path) => path.replace(/\.js$/, '.ts'));
    expect(sources.filter((path) => !existsSync(join(tree(), path)))).toEqual([]);
    const places = [
      '',
      ...target.workspaces,
      ...readdirSync(join(tree(), 'platform')).map((dir) => `platform/${dir}`),
    ];
    const isThere = (wanted: string) =>
      places.some((place) => existsSync(join(tree(), place, 'node_modules', wanted, 'package.json')));
    expect([...packages].filter((wanted) => !isThere(wanted))).toEqual([]);
  });

  it('has nothing of tests and development, and is small', () => {
    const files = ['.', ...filesOf(tree(), 'node_modules')];
    const isOfTests =
      /\.test\.ts$|^(tests|bench)\/|^node_modules\/(vitest|typescript|esbuild|playwright-core|@biomejs)\//;
    expect(files.filter((path) => isOfTests.test(path))).toEqual([]);
    const bytes = Number(execFileSync('du', ['-sb', tree()], { encoding: 'utf8' }).split('\t')[0]);
    expect(bytes + (name === 'peer' ? FFMPEG_BYTES : 0)).toBeLessThan(LARGEST_BYTES);
  });

  it.each(programs)(
    'starts %s, as a user who may write nothing of it',
    { timeout: SLOW_DISK_MS },
    async (program) => {
      expect(statSync(join(tree(), program)).mode & 0o022).toBe(0);
      await start(program, launch(tree(), program));
    },
  );
});
