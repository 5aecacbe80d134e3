/** Generates everything again and fails when a committed file was not what its source says. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const GENERATED = [
  '{proto,prisma,subgraphs/*,web,gateway}/src/**/generated/**/*',
  'web/app/**/generated/**/*',
  'docs/{configuration,protocol}.md',
  'docs/events/{schemas/*.json,asyncapi.yaml}',
  'deploy/supergraph{,-people}.graphql',
  'deploy/dashboards/*.json',
  'deploy/rules.yaml',
];

function fingerprints(): Map<string, string> {
  const files = globSync(GENERATED, { cwd: ROOT, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

const before = fingerprints();
execFileSync('npm', ['run', '--silent', 'generate'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
const after = fingerprints();
const stale = [...new Set([...before.keys(), ...after.keys()])].filter(
  (file) => before.get(file) !== after.get(file),
);
if (stale.length > 0) {
  process.stderr.write(`out of date (run npm run generate and commit):\n${stale.join('\n')}\n`);
  process.exit(1);
}
process.stdout.write(`${after.size} generated files are up to date\n`);
