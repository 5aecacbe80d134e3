import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../platform/kernel/src/programs.ts';
import { createBuildah } from './buildah.ts';
import type { BaseName } from './dockerfile.ts';

const NPM = 'usr/local/lib/node_modules/npm';
// cspell:ignore resolv indextargets
/** Of the machine that it is made on, or to be fetched again. */
const LEFT_OVER = ['etc/hostname', 'etc/resolv.conf', 'var/cache/apt', 'var/lib/apt/lists'];

/**
 * Makes what stands in for the image that the Dockerfile is `FROM`, where none can be fetched: Debian by debootstrap, this
 * Node.js, and the npm of package.json. Made once for each version of them, as an archive that buildah pulls.
 *
 * @param cache folder that archives are kept in
 * @returns path of the archive
 */
export function baseArchive({ base, cache, root }: { base: BaseName; cache: string; root: string }): string {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  const node = process.versions.node;
  if (!node.startsWith(`${base.nodeMajor}.`))
    throw new Error(`the Dockerfile is for Node.js ${base.nodeMajor}, and this is ${node}: use npm run`);
  const archive = join(cache, `${base.suite}-node-${node}-${packageManager.replace('@', '-')}.tar`);
  if (existsSync(archive)) return archive;
  mkdirSync(cache, { recursive: true });
  // Beside the archive, as programs and devices may be forbidden in /tmp; moved once it is whole.
  const folder = mkdtempSync(join(cache, 'base-'));
  try {
    const tree = join(folder, 'tree');
    installDebian(tree, base.suite);
    installNode(tree, { packageManager, folder });
    for (const path of LEFT_OVER) rmSync(join(tree, path), { recursive: true, force: true });
    mkdirSync(join(tree, 'var/cache/apt/archives/partial'), { recursive: true });
    commit({ tree, folder, reference: base.reference, archive: join(folder, 'archive.tar') });
    renameSync(join(folder, 'archive.tar'), archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return archive;
}

/** From where this machine gets its own packages of that release, if it does. */
function installDebian(tree: string, suite: string): void {
  const wanted = [suite, `${suite}-updates`, `${suite}-security`];
  const targets = execFileSync(
    'apt-get',
    ['indextargets', '--format', '$(REPO_URI) $(CODENAME) $(COMPONENT)', 'Created-By: Packages'],
    { encoding: 'utf8' },
  );
  const own = [...new Set(targets.split('\n'))].filter((line) => {
    const [, codename = '', component] = line.split(' ');
    return wanted.includes(codename) && component === 'main';
  });
  const sources =
    own.length > 0
      ? own
      : wanted.map(
          (name) =>
            `http://deb.debian.org/${name.endsWith('-security') ? 'debian-security' : 'debian'} ${name} main`,
        );
  const mirror = sources.find((line) => line.split(' ')[1] === suite)?.split(' ')[0];
  if (!mirror) throw new Error(`no source of Debian ${suite} among ${sources.join(', ')}`);
  run(findProgram('debootstrap') ?? 'debootstrap', ['--variant=minbase', suite, tree, mirror]);
  writeFileSync(join(tree, 'etc/apt/sources.list'), sources.map((line) => `deb ${line}\n`).join(''));
}

function installNode(
  tree: string,
  { packageManager, folder }: { packageManager: string; folder: string },
): void {
  copyFileSync(process.execPath, join(tree, 'usr/local/bin/node'));
  const packed = execFileSync('npm', ['pack', packageManager, '--silent', '--pack-destination', folder], {
    encoding: 'utf8',
  }).trim();
  mkdirSync(join(tree, NPM), { recursive: true });
  run('tar', [
    '-xzf',
    join(folder, packed),
    '-C',
    join(tree, NPM),
    '--strip-components=1',
    '--no-same-owner',
  ]);
  for (const name of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(tree, 'usr/local/bin', name));
}

function commit({
  tree,
  folder,
  reference,
  archive,
}: Record<'tree' | 'folder' | 'reference' | 'archive', string>) {
  const buildah = createBuildah(join(folder, 'storage'));
  // As a tar, or buildah would leave out who owns what.
  run('tar', ['-C', tree, '--numeric-owner', '-cf', join(folder, 'tree.tar'), '.']);
  const container = buildah.ask('from', 'scratch');
  buildah.ask('add', container, join(folder, 'tree.tar'), '/');
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  buildah.ask('config', '--env', path, '--cmd', 'node', container);
  buildah.ask('commit', '--format', 'docker', container, `docker-archive:${archive}:${reference}`);
}

/** What it prints goes to standard error. */
function run(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', process.stderr.fd, 'inherit'] });
}
