/**
 * Builds the images of deploy/Dockerfile from what is committed, without Docker and without fetching an image: buildah, on a
 * base of Debian's packages and this Node.js. For root on Debian; `npm run setup:system` installs what it needs.
 *
 *   npm run build:images
 *   npm run build:images -- --storage FOLDER   where buildah keeps them
 *
 * Prints each image with its size, and what that is over the base. What the folder held of an earlier run is replaced.
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findProgram } from '../platform/kernel/src/programs.ts';
import { baseArchive } from './image/base.ts';
import { buildTargets } from './image/build.ts';
import { createBuildah, sizeOf } from './image/buildah.ts';
import { baseOf } from './image/dockerfile.ts';
import { TARGETS } from './image/targets.ts';

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'giggityflix/images');

const { values: options } = parseArgs({
  options: { storage: { type: 'string', default: join(CACHE, 'storage') } },
});
const absent = ['buildah', 'debootstrap', 'git'].filter((name) => !findProgram(name));
if (process.getuid?.() !== 0) absent.unshift('root');
if (absent.length > 0) {
  process.stderr.write(`needs ${absent.join(', ')}; npm run setup:system installs programs\n`);
  process.exit(1);
}

const storage = resolve(options.storage);
const base = baseOf(ROOT);
const archive = baseArchive({ base, cache: CACHE, root: ROOT });
const buildah = createBuildah(storage);
buildah.ask('rm', '--all');
buildah.ask('rmi', '--all', '--force');
buildah.run('pull', `docker-archive:${archive}`);
buildTargets(buildah, ROOT);

const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
for (const { image } of Object.values(TARGETS)) {
  const { bytes, bytesOverBase } = sizeOf(buildah, image, base.reference);
  process.stdout.write(`${image}: ${megabytes(bytes)}, ${megabytes(bytesOverBase)} over its base\n`);
}
process.stdout.write(`in ${storage}\n`);
