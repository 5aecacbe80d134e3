/**
 * Packs the peer as a product: `dist/giggityflix-peer-<version>.tgz`, which npm installs anywhere, and beside it
 * its SHA-256 and those of the files within (for `sha256sum --check`), and a bill of materials (CycloneDX 1.6). The same
 * sources make the same bytes.
 *
 *   npm run pack:peer
 *   npm run pack:peer -- --out FOLDER
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { billOfMaterials } from './pack/bill-of-materials.ts';
import { compileProgram } from './pack/compile.ts';
import { type Lock, lockedTree, pinned } from './pack/dependencies.ts';

const ROOT = join(import.meta.dirname, '..');
const NAME = 'giggityflix-peer';
const ENTRIES = ['peer/src/cli/main.ts', 'peer/src/main.ts'];
/** The workspaces that are compiled into it; a package may be installed for one of them alone. */
const WORKSPACES = [
  'peer',
  'proto',
  ...['http', 'kernel', 'state', 'subtitles', 'telemetry'].map((n) => `platform/${n}`),
];
/** What it reads beside its modules. */
const PAGE = 'peer/src/http/page';

const { values: options } = parseArgs({ options: { out: { type: 'string', default: join(ROOT, 'dist') } } });
const out = resolve(options.out);
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const { version, license } = JSON.parse(read('peer/package.json')) as { version: string; license?: string };

/** Whoever packs, the files have the same rights. */
const MODE = { file: 0o644, program: 0o755 };

const folder = mkdtempSync(join(tmpdir(), `${NAME}-`));
const files = new Map<string, string>();
try {
  const { modules, packages } = await compileProgram({ root: ROOT, entries: ENTRIES });
  for (const [path, content] of modules) add(`dist/${path}`, content);
  for (const file of readdirSync(join(ROOT, PAGE))) add(`dist/${PAGE}/${file}`, read(`${PAGE}/${file}`));
  add('dist/peer/package.json', json({ type: 'module', version }));
  add('bin/giggityflix-peer.js', read('peer/product/bin.js'));
  add('README.md', read('peer/product/README.md'));
  add('LICENSE', read('LICENSE'));
  const lock = JSON.parse(read('package-lock.json')) as Lock;
  const needed = { workspaces: WORKSPACES, names: packages };
  const manifest = {
    name: NAME,
    version,
    description: 'Shares the films on this machine with a Giggityflix network, over WebRTC.',
    license: license ?? JSON.parse(read('package.json')).license,
    type: 'module',
    bin: { [NAME]: './bin/giggityflix-peer.js' },
    engines: { node: '>=22.18' },
    files: ['bin', 'dist', 'npm-shrinkwrap.json'],
    dependencies: pinned(lock, needed),
  };
  add('package.json', json(manifest));
  const { dependencies, bin, engines } = manifest;
  const self = { name: NAME, version, license: manifest.license, dependencies, bin, engines };
  const tree = lockedTree(lock, needed);
  add(
    'npm-shrinkwrap.json',
    json({ name: NAME, version, lockfileVersion: 3, requires: true, packages: { '': self, ...tree } }),
  );
  mkdirSync(out, { recursive: true });
  const archive = `${NAME}-${version}.tgz`;
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', out], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  writeFileSync(join(out, `${archive}.sha256`), `${sha256(readFileSync(join(out, archive)))}  ${archive}\n`);
  writeFileSync(
    join(out, `${NAME}-${version}.files.sha256`),
    [...files]
      .sort()
      .map(([path, sum]) => `${sum}  package/${path}\n`)
      .join(''),
  );
  writeFileSync(
    join(out, `${NAME}-${version}.cdx.json`),
    json(billOfMaterials({ name: NAME, version }, tree)),
  );
  process.stdout.write(`${join(out, archive)}: ${files.size} files\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function add(path: string, content: string | Uint8Array): void {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
  chmodSync(target, path.startsWith('bin/') ? MODE.program : MODE.file);
  files.set(path, sha256(content));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
