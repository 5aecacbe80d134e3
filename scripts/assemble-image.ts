/**
 * Puts what a target of the Dockerfile holds, and nothing else, into a folder:
 *
 *   node scripts/assemble-image.ts TARGET FOLDER
 *
 * What is installed here is copied as it is, so an image has the versions that were tested.
 */
import { cpSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { contentsOf, filesOf } from './image/contents.ts';
import { TARGETS } from './image/targets.ts';

const ROOT = join(import.meta.dirname, '..');

const [name = '', folder] = process.argv.slice(2);
const target = TARGETS[name];
if (!target || !folder) {
  process.stderr.write(`usage: assemble-image.ts ${Object.keys(TARGETS).join('|')} FOLDER\n`);
  process.exit(2);
}
const out = resolve(folder);
const { workspaces, packages, links } = contentsOf(ROOT, target);
const files = [
  ...workspaces.flatMap((workspace) => [`${workspace}/package.json`, ...filesOf(ROOT, `${workspace}/src`)]),
  ...packages.flatMap((place) => filesOf(ROOT, place)),
  ...target.files.flatMap((path) =>
    statSync(join(ROOT, path)).isDirectory() ? filesOf(ROOT, path) : [path],
  ),
];
for (const path of files) {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  cpSync(join(ROOT, path), join(out, path));
}
for (const [place, workspace] of links) {
  mkdirSync(dirname(join(out, place)), { recursive: true });
  symlinkSync(relative(dirname(place), workspace), join(out, place));
}
process.stdout.write(
  `${name}: ${files.length} files of ${workspaces.length} workspaces and ${packages.length} packages\n`,
);
