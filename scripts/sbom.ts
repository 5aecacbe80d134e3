/**
 * `npm run sbom` writes what production runs, from the installed packages: `sbom/giggityflix.cdx.json`, a bill of
 * materials in CycloneDX 1.6, and `sbom/licences.md`, each package with its licence. Another folder may be given.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** Benches, tests and tools are no part of it. */
const WORKSPACES = [
  'gateway',
  'edge',
  'peer',
  'matchmaker',
  'subgraphs/catalog',
  'subgraphs/tracker',
  'subgraphs/viewing',
  'subgraphs/identity',
  'web',
];

interface Component {
  group?: string;
  name: string;
  version: string;
  licenses?: { license?: { id?: string; name?: string }; expression?: string }[];
}

const folder = resolve(process.argv[2] ?? join(ROOT, 'sbom'));
mkdirSync(folder, { recursive: true });
const file = join(folder, 'giggityflix.cdx.json');
execFileSync(
  join(ROOT, 'node_modules/.bin/cyclonedx-npm'),
  [
    ...['--spec-version', '1.6', '--mc-type', 'application', '--omit', 'dev'],
    ...['--flatten-components', '--output-reproducible', '--output-file', file],
    ...WORKSPACES.flatMap((name) => ['--workspace', name]),
  ],
  { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
);
const { components } = JSON.parse(readFileSync(file, 'utf8')) as { components: Component[] };
const rows = components
  .filter(({ group }) => group !== '@giggityflix')
  .map((component) => `| ${nameOf(component)} | ${component.version} | ${licenceOf(component)} |`);
const licences = join(folder, 'licences.md');
writeFileSync(
  licences,
  [
    '# Licences of the packages in use',
    '',
    '| package | version | licence |',
    '| --- | --- | --- |',
    ...[...new Set(rows)].sort(),
    '',
  ].join('\n'),
);
process.stdout.write(`${new Set(rows).size} packages: ${file}, ${licences}\n`);

function nameOf({ group, name }: Component): string {
  return group === undefined ? name : `${group}/${name}`;
}

function licenceOf({ licenses = [] }: Component): string {
  return (
    licenses.map(({ license, expression }) => expression ?? license?.id ?? license?.name).join(', ') ||
    'not stated'
  );
}
