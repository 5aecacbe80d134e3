import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { missing, ROOT, type Skip } from '@giggityflix/testing';

/** What today is compared with as long as there is no release. */
const BEFORE_THE_FIRST_RELEASE = '69866c1939f7619148b03bcb89331e3699e1cafd';

const git = (...parameters: string[]) =>
  execFileSync('git', parameters, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();

/** The revision services are compared with: the last release that today descends from. */
function revision(): string | null {
  try {
    const [tag] = git('tag', '--list', 'v*', '--merged', 'HEAD', '--sort=-version:refname').split('\n');
    return git('rev-parse', '--verify', '--quiet', `${tag || BEFORE_THE_FIRST_RELEASE}^{commit}`);
  } catch {
    return null;
  }
}

/** Yesterday's sources, or why they cannot be had. */
export function yesterday(): { skip: Skip; revision: string } {
  const found = revision();
  return found
    ? { skip: false, revision: found }
    : { skip: missing('the last release', 'the history of this clone is not complete'), revision: '' };
}

/** Writes the sources of a revision to `directory`, where they find today's packages and their own workspaces. */
export function checkOut(revision: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  const archive = execFileSync('git', ['archive', '--format=tar', revision], {
    cwd: ROOT,
    maxBuffer: 1_000_000_000,
  });
  execFileSync('tar', ['--extract', '--directory', directory], { input: archive });
  const packages = join(ROOT, 'node_modules');
  const linked = join(directory, 'node_modules');
  mkdirSync(join(linked, '@giggityflix'), { recursive: true });
  for (const name of readdirSync(packages))
    if (name !== '@giggityflix' && !name.startsWith('.'))
      symlinkSync(join(packages, name), join(linked, name));
  for (const name of readdirSync(join(packages, '@giggityflix'))) {
    const target = readlinkSync(join(packages, '@giggityflix', name));
    const workspace = resolve(linked, '@giggityflix', target);
    if (existsSync(workspace)) symlinkSync(workspace, join(linked, '@giggityflix', name));
  }
  for (const workspace of ['platform/telemetry'])
    if (existsSync(join(ROOT, workspace, 'node_modules')))
      symlinkSync(join(ROOT, workspace, 'node_modules'), join(directory, workspace, 'node_modules'));
}
