import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Buildah } from './buildah.ts';
import { DOCKERFILE } from './dockerfile.ts';
import { registryVolumes } from './registry.ts';
import { TARGETS } from './targets.ts';

/** The stage of the Dockerfile that the targets are copied from. */
const STAGE = 'build';
/** npm opens more files at once than buildah grants. */
const OPEN_FILES = 65_536;

/** Builds both targets of the Dockerfile from what is committed at `root`, on a base that `buildah` has. */
export function buildTargets(buildah: Buildah, root: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'giggityflix-build-'));
  const context = join(folder, 'context');
  const options = [
    ...['--isolation=chroot', '--pull=never', '--format', 'docker', '--ulimit', `nofile=${openFiles()}`],
    ...['--file', join(context, DOCKERFILE)],
  ];
  try {
    checkOut(root, context);
    const volumes = registryVolumes(join(folder, 'npm')).flatMap((volume) => ['--volume', volume]);
    buildah.run('build', ...options, ...volumes, '--target', STAGE, '--tag', STAGE, context);
    // Built once, as it takes the most time, and given to both in place of the stage.
    const built = ['--build-context', `${STAGE}=container-image://localhost/${STAGE}`];
    for (const [target, { image }] of Object.entries(TARGETS))
      buildah.run('build', ...options, ...built, '--target', target, '--tag', image, context);
    buildah.run('rmi', STAGE);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What others get who build it: neither what is installed here, nor what is not committed. */
function checkOut(root: string, context: string): void {
  const archive = `${context}.tar`;
  execFileSync('git', ['archive', '--output', archive, 'HEAD'], { cwd: root });
  mkdirSync(context);
  execFileSync('tar', ['-xf', archive, '-C', context]);
}

/** Nobody may raise the limit that they run under. */
function openFiles(): number {
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? OPEN_FILES : Math.min(OPEN_FILES, Number(limit));
}
