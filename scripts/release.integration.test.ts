import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'giggityflix-release-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const git = (...parameters: string[]) =>
  execFileSync('git', parameters, { cwd: directory, encoding: 'utf8' }).trim();
const read = (path: string) => readFileSync(join(directory, path), 'utf8');
const json = (path: string) => JSON.parse(read(path));
const write = (path: string, content: unknown) =>
  writeFileSync(
    join(directory, path),
    typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`,
  );

/** A repository of two workspaces with our release script and settings, and a check that ends with `status`. */
function createRepository(checkStatus = 0): void {
  for (const name of ['edge', 'peer']) {
    mkdirSync(join(directory, name));
    write(`${name}/package.json`, { name: `@giggityflix/${name}`, version: '0.1.0', private: true });
  }
  const workspaces = ['edge', 'peer'];
  write('package.json', {
    name: 'giggityflix',
    version: '0.1.0',
    private: true,
    type: 'module',
    workspaces,
    scripts: { check: `exit ${checkStatus}` },
  });
  write('package-lock.json', {
    name: 'giggityflix',
    version: '0.1.0',
    packages: {
      '': { name: 'giggityflix', version: '0.1.0' },
      edge: { name: '@giggityflix/edge', version: '0.1.0' },
      peer: { name: '@giggityflix/peer', version: '0.1.0' },
      'node_modules/@giggityflix/edge': { resolved: 'edge', link: true },
      'node_modules/ws': { version: '8.0.0' },
    },
  });
  write('CHANGELOG.md', '# Changelog\n\nWhat changed.\n\n## 0.1.0 (2026-01-01)\n\nThe first.\n');
  write('.gitignore', 'node_modules\n');
  mkdirSync(join(directory, '.changeset'));
  cpSync(join(ROOT, '.changeset/config.json'), join(directory, '.changeset/config.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  git('init', '--quiet', '--initial-branch', 'main');
  git('config', 'user.email', 'test@example.com');
  git('config', 'user.name', 'Test');
  commit('chore: begin');
}

function commit(subject: string): void {
  git('add', '--all');
  git('commit', '--quiet', '--no-verify', '--message', subject);
}

function describeChange(): void {
  write(
    '.changeset/quick-foxes-run.md',
    `---\n'@giggityflix/peer': patch\n'@giggityflix/edge': minor\n---\n\nSay why a peer was refused.\n`,
  );
  commit('feat(edge): say why a peer was refused');
}

function release(...parameters: string[]) {
  const result = spawnSync(process.execPath, [join(ROOT, 'scripts/release.ts'), ...parameters], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` },
  });
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
}

describe('npm run release', () => {
  it('raises all versions together, writes the changelog, commits and tags', () => {
    createRepository();
    describeChange();
    expect(release()).toMatchObject({
      status: 0,
      output: expect.stringContaining('v0.2.0 is committed and tagged'),
    });
    for (const path of ['package.json', 'edge/package.json', 'peer/package.json', 'package-lock.json'])
      expect(json(path).version).toBe('0.2.0');
    expect(json('package-lock.json').packages).toMatchObject({
      '': { version: '0.2.0' },
      peer: { version: '0.2.0' },
      'node_modules/ws': { version: '8.0.0' },
    });
    const date = new Date().toISOString().slice(0, 4);
    expect(read('CHANGELOG.md')).toMatch(
      new RegExp(
        `^# Changelog\\n\\nWhat changed\\.\\n\\n## 0\\.2\\.0 \\(${date}-..-..\\)\\n\\n### New\\n\\n- \\*\\*edge, peer\\*\\*: Say why a peer was refused\\.\\n\\n## 0\\.1\\.0 `,
      ),
    );
    expect(git('log', '-1', '--format=%s %D')).toBe('chore(release): v0.2.0 HEAD -> main, tag: v0.2.0');
    expect(git('status', '--porcelain')).toBe('');
    expect(git('ls-files', '.changeset')).toBe('.changeset/config.json');
  });

  it('records the schemas of the events', () => {
    createRepository();
    mkdirSync(join(directory, 'docs/events/schemas'), { recursive: true });
    write('docs/events/schemas/peer.enrolled.json', { type: 'object' });
    describeChange();
    expect(release()).toMatchObject({ status: 0 });
    expect(json('docs/events/released/0.2.0.json')).toEqual({ 'peer.enrolled': { type: 'object' } });
    expect(git('status', '--porcelain')).toBe('');
  });

  it('takes everything back when a check fails', () => {
    createRepository(1);
    mkdirSync(join(directory, 'docs/events/schemas'), { recursive: true });
    write('docs/events/schemas/peer.enrolled.json', { type: 'object' });
    describeChange();
    expect(release()).toMatchObject({ status: 1, output: expect.stringContaining('v0.2.0 does not pass') });
    expect(git('status', '--porcelain')).toBe('');
    expect(git('tag')).toBe('');
    expect(json('edge/package.json').version).toBe('0.1.0');
  });

  it('changes nothing in a dry run', () => {
    createRepository();
    describeChange();
    expect(release('--dry-run').output).toContain('### New\n\n- **edge, peer**: Say why a peer was refused.');
    expect(git('status', '--porcelain')).toBe('');
    expect(git('tag')).toBe('');
  });

  it('refuses uncommitted changes, and a release of nothing', () => {
    createRepository();
    expect(release()).toMatchObject({ status: 1, output: expect.stringContaining('nothing to release') });
    write('README.md', 'unfinished');
    expect(release()).toMatchObject({ status: 1, output: expect.stringContaining('uncommitted changes') });
  });
});
