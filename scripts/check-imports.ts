/**
 * The import rules of the house:
 * - a workspace imports only the workspaces its row below names, by package name, never by a path into another;
 * - drivers of outside systems stay in their adapters, so that domain files know ports only.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

const PLATFORM = ['kernel', 'http', 'graphql', 'bus', 'state', 'telemetry'];
const SERVICE = [...PLATFORM, 'proto', 'prisma'];
const EVERYTHING = [
  ...PLATFORM,
  'proto',
  'prisma',
  'catalog',
  'tracker',
  'viewing',
  'gateway',
  'edge',
  'peer',
  'matchmaker',
  'web',
  'stack',
];

/** Workspace folder → packages of ours it may import. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'platform/kernel': [],
  'platform/telemetry': ['kernel'],
  'platform/state': ['kernel'],
  'platform/bus': ['kernel', 'telemetry', 'state'],
  'platform/http': ['kernel', 'telemetry'],
  'platform/graphql': ['kernel', 'telemetry', 'http', 'bus'],
  'platform/testing': ['state', 'kernel'],
  proto: [],
  prisma: ['kernel', 'state'],
  'subgraphs/catalog': SERVICE,
  'subgraphs/tracker': SERVICE,
  'subgraphs/viewing': SERVICE,
  gateway: SERVICE,
  edge: SERVICE,
  peer: SERVICE,
  matchmaker: SERVICE,
  web: ['proto'],
  stack: EVERYTHING,
  tests: EVERYTHING,
  bench: EVERYTHING,
  scripts: EVERYTHING,
};

/** Package → the files that may import it. */
const DRIVERS: Readonly<Record<string, RegExp>> = {
  kafkajs: /^platform\/bus\/src\/.*kafka|^platform\/testing\//,
  ioredis: /redis|^platform\/testing\//,
  'better-sqlite3': /^platform\/state\/|embedded|^peer\/|^prisma\//,
};

function isTest(file: string): boolean {
  return (
    /\.(test|bench|compliance)\.ts$|\/test\/|\/testing\//.test(file) || /^(tests|bench|scripts)\//.test(file)
  );
}

function specifiers(source: string): string[] {
  return [...source.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)(['"])([^'"]+)\1/gm)].map(
    (match) => match[2] as string,
  );
}

const problems: string[] = [];
for (const [workspace, allowed] of Object.entries(ALLOWED)) {
  for (const file of globSync(`${workspace}/**/*.{ts,tsx,js}`, {
    cwd: ROOT,
    exclude: (path) => /node_modules|dist|generated/.test(String(path)),
  })) {
    for (const specifier of specifiers(readFileSync(join(ROOT, file), 'utf8'))) {
      if (specifier.startsWith('.')) {
        const target = relative(ROOT, resolve(ROOT, dirname(file), specifier));
        if (!target.startsWith(`${workspace}/`) && !/^(tests|bench|scripts)$/.test(workspace)) {
          problems.push(`${file}: ${specifier} leaves ${workspace}/`);
        }
      }
      const ours = /^@giggityflix\/([a-z]+)/.exec(specifier)?.[1];
      const testing = isTest(file) || workspace === 'stack';
      if (ours && ours !== workspace.split('/').at(-1) && !allowed.includes(ours) && !testing)
        problems.push(`${file}: ${workspace} may not import ${specifier}`);
      const driver = DRIVERS[specifier];
      if (driver && !driver.test(file) && !isTest(file))
        problems.push(`${file}: ${specifier} belongs in an adapter`);
    }
  }
}
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n${problems.length} forbidden imports\n`);
  process.exit(1);
}
process.stdout.write('imports keep to the rules\n');
