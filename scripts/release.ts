/**
 * Makes a release of what `.changeset` describes: raises the version of every workspace, writes the changelog, records the
 * schemas of the events, runs the checks, commits and tags. Nothing leaves the machine; pushing the tag is a person's decision.
 *
 *   npm run release              version, check, commit, tag
 *   npm run release -- --dry-run print the section of the changelog and change nothing
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { insertSection, type ReleaseStatus, releaseSection } from './changelog.ts';
import { recordRelease } from './events/released.ts';

const { values: options } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });

const run = (command: string, ...parameters: string[]) =>
  execFileSync(command, parameters, { stdio: 'inherit' });
const git = (...parameters: string[]) => execFileSync('git', parameters, { encoding: 'utf8' }).trim();

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readStatus(): ReleaseStatus {
  const directory = mkdtempSync(join(tmpdir(), 'release-'));
  // The path is taken as relative to the repository.
  const output = relative(process.cwd(), join(directory, 'status.json'));
  try {
    execFileSync('changeset', ['status', `--output=${output}`], { stdio: ['ignore', 'ignore', 'inherit'] });
    return JSON.parse(readFileSync(output, 'utf8')) as ReleaseStatus;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function editJson(path: string, edit: (content: Record<string, unknown>) => void): void {
  const content = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  edit(content);
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
}

/** Changesets leaves the root and the lock file alone; `npm install` would need the registry for the latter. */
function raiseRootAndLock(version: string): void {
  editJson('package.json', (manifest) => {
    manifest.version = version;
  });
  editJson('package-lock.json', (lock) => {
    lock.version = version;
    for (const [path, entry] of Object.entries(lock.packages as Record<string, { version?: string }>)) {
      if (!path.includes('node_modules') && entry.version !== undefined) entry.version = version;
    }
  });
}

if (git('status', '--porcelain') !== '') fail('There are uncommitted changes: commit or stash them first.');
const status = readStatus();
const version = status.releases[0]?.newVersion;
if (!version) fail('There is nothing to release: .changeset describes no change. `npx changeset` adds one.');
const section = releaseSection(status, version, new Date());
if (options['dry-run']) {
  process.stdout.write(`${section}\n`);
  process.exit(0);
}
const tag = `v${version}`;
if (git('tag', '--list', tag) !== '') fail(`The tag ${tag} exists already.`);

let recorded: string | null = null;
try {
  run('changeset', 'version');
  raiseRootAndLock(version);
  writeFileSync('CHANGELOG.md', insertSection(readFileSync('CHANGELOG.md', 'utf8'), section));
  run('npm', 'run', '--if-present', 'generate');
  recorded = recordRelease('docs/events', version);
  run('npm', 'run', 'check');
} catch {
  // The tree was clean at the start, so this takes back the release's own edits and nothing else.
  git('restore', '--staged', '--worktree', '.');
  if (recorded) rmSync(recorded);
  fail(`The release was taken back: ${tag} does not pass.`);
}
git('add', '--all');
git('commit', '--message', `chore(release): ${tag}`);
git('tag', '--annotate', tag, '--message', `Giggityflix ${version}`);
process.stdout.write(`${tag} is committed and tagged. To publish it: git push --follow-tags\n`);
