import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const repositoryRoot = dirname(packageRoot);
const resolveFrom = createRequire(join(packageRoot, 'package.json')).resolve;

/** The directory whose files a web server hands out at `/`. */
export const webRoot = join(packageRoot, 'dist');

/** Names the state of the sources that `dist` was built from. */
const STAMP = '.stamp';
/** GraphiQL's examples are the operations of the contract. */
const OPERATIONS = 'tests/contract/operations.graphql';
/** What the bundles are made of, beside the packages named in the lock file. */
const SOURCES = [
  ...['app', 'graphiql', 'public', 'src', 'sw', 'tsconfig.json', 'package.json'].map((name) => `web/${name}`),
  'player/src',
  'platform/subtitles/src',
  'proto/src',
  OPERATIONS,
  'package-lock.json',
];

/** Draws SubStation Alpha; its files are loaded with the first film that needs them. */
const jassub = dirname(resolveFrom('jassub'));
const ASS_FILES = {
  'ass.wasm': 'wasm/jassub-worker.wasm',
  'ass-modern.wasm': 'wasm/jassub-worker-modern.wasm',
  'default.woff2': 'default.woff2',
  LICENSE: '../LICENSE',
};
/** What packages bring along for old browsers, and for fonts of others' servers. */
const nothing = join(packageRoot, 'src/nothing.js');
const UNUSED = { 'rvfc-polyfill': nothing, 'lfa-ponyfill': nothing };

/** Builds `dist` anew. It is swapped in whole: a server beside it never sees half of it. */
export async function bundle(): Promise<void> {
  const target = join(packageRoot, 'node_modules', `.dist-${process.pid}`);
  rmSync(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await cp(join(packageRoot, 'public'), target, { recursive: true });
  const common = {
    bundle: true,
    minify: true,
    target: 'es2022',
    logLevel: 'warning',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    absWorkingDir: packageRoot,
  } as const;
  await Promise.all([
    build({
      ...common,
      entryPoints: { app: 'app/main.ts' },
      outdir: target,
      format: 'esm',
      tsconfig: join(packageRoot, 'tsconfig.json'),
      // What only some films need is loaded with them.
      splitting: true,
      chunkNames: '[name]-[hash]',
      alias: UNUSED,
    }),
    build({
      ...common,
      entryPoints: {
        sw: 'sw/worker.ts',
        'hash-worker': 'sw/hash-worker.ts',
        'ass/ass-worker': join(jassub, 'worker/worker.js'),
      },
      outdir: target,
      format: 'esm',
      tsconfig: join(packageRoot, 'tsconfig.json'),
      alias: UNUSED,
    }),
    ...Object.entries(ASS_FILES).map(([name, source]) => cp(join(jassub, source), join(target, 'ass', name))),
    build({
      ...common,
      entryPoints: {
        graphiql: 'graphiql/main.tsx',
        'editor.worker': resolveFrom('monaco-editor/esm/vs/editor/editor.worker.js'),
        'json.worker': resolveFrom('monaco-editor/esm/vs/language/json/json.worker.js'),
        'graphql.worker': resolveFrom('monaco-graphql/esm/graphql.worker.js'),
      },
      outdir: join(target, 'graphiql'),
      format: 'iife',
      tsconfig: join(packageRoot, 'tsconfig.json'),
      loader: { '.ttf': 'file', '.woff': 'file', '.woff2': 'file', '.svg': 'file', '.graphql': 'text' },
      assetNames: '[name]-[hash]',
      alias: { 'contract/operations.graphql': join(repositoryRoot, OPERATIONS) },
    }),
  ]);
  await writeFile(join(target, STAMP), sourceStamp());
  swapIn(target);
}

/** Another process may have built the same meanwhile; one of the two results stays. */
function swapIn(target: string): void {
  for (let attempt = 0; ; attempt += 1) {
    rmSync(webRoot, { recursive: true, force: true });
    try {
      renameSync(target, webRoot);
      return;
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

/** Builds `dist` when there is none, or one of other sources. */
export async function ensureBuilt(): Promise<void> {
  const stamp = join(webRoot, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceStamp()) return;
  await bundle();
}

function sourceStamp(): string {
  const digest = createHash('sha256');
  const files = SOURCES.flatMap((name) => filesUnder(join(repositoryRoot, name)));
  for (const file of files.sort())
    digest.update(relative(repositoryRoot, file)).update('\0').update(readFileSync(file));
  return digest.digest('hex');
}

function filesUnder(path: string): string[] {
  if (!existsSync(path)) return [];
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)],
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path];
    throw error;
  }
}
