import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { digestedAddresses, digestedOf, importsOf, rewriteAddresses, withDigest } from './digests.ts';
import { precompress } from './precompress.ts';

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const repositoryRoot = dirname(packageRoot);
const resolveFrom = createRequire(join(packageRoot, 'package.json')).resolve;

/** The directory whose files a web server hands out at `/`. */
export const webRoot = join(packageRoot, 'dist');

/** Names the state of the sources that `dist` was built from. */
const STAMP = '.stamp';
/** GraphiQL's examples are the operations of the contract. */
const OPERATIONS = 'tests/contract/operations.graphql';
const APP = 'app/main.ts';
const VIEWER = 'index.html';
const PAGES = [VIEWER, 'graphiql/index.html'];
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
};
/** What packages bring along for old browsers, and for fonts of others' servers. */
const nothing = join(packageRoot, 'src/nothing.js');
const UNUSED = { 'rvfc-polyfill': nothing, 'lfa-ponyfill': nothing };

/** Builds `dist` anew. It is swapped in whole: a server beside it never sees half of it. */
export async function bundle(): Promise<void> {
  const root = `node_modules/.dist-${process.pid}`;
  const target = join(packageRoot, root);
  rmSync(target, { recursive: true, force: true });
  await mkdir(join(target, 'ass'), { recursive: true });
  // Style sheets are built, pages written once the names of everything are known.
  const isCopied = (path: string) => !/\.(css|html)$/.test(path);
  await cp(join(packageRoot, 'public'), target, { recursive: true, filter: isCopied });
  await mkdir(join(target, 'graphiql'), { recursive: true });
  const common = {
    bundle: true,
    minify: true,
    target: 'es2022',
    format: 'esm',
    logLevel: 'warning',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    absWorkingDir: packageRoot,
    outdir: target,
    entryNames: '[dir]/[name]-[hash]',
    metafile: true,
    tsconfig: join(packageRoot, 'tsconfig.json'),
  } as const;
  const graphiql = { ...common, format: 'iife', outdir: join(target, 'graphiql') } as const;
  // What is loaded by its address comes before what names it.
  const [workers, editorWorkers, assFiles] = await Promise.all([
    build({
      ...common,
      entryPoints: { 'hash-worker': 'sw/hash-worker.ts', 'ass/ass-worker': join(jassub, 'worker/worker.js') },
      alias: UNUSED,
    }),
    build({
      ...graphiql,
      entryPoints: {
        'editor.worker': resolveFrom('monaco-editor/esm/vs/editor/editor.worker.js'),
        'json.worker': resolveFrom('monaco-editor/esm/vs/language/json/json.worker.js'),
        'graphql.worker': resolveFrom('monaco-graphql/esm/graphql.worker.js'),
      },
    }),
    copyAssFiles(target),
    build({ ...common, entryPoints: { sw: 'sw/worker.ts' }, entryNames: '[name]' }),
  ]);
  const loaded = new Map([
    ...assFiles,
    ...digestedOf(workers.metafile, root),
    ...digestedOf(editorWorkers.metafile, root),
  ]);
  const [app, styles, api] = await Promise.all([
    build({
      ...common,
      entryPoints: { app: APP },
      // What only some films need is loaded with them.
      splitting: true,
      chunkNames: '[name]-[hash]',
      alias: UNUSED,
      plugins: [digestedAddresses(loaded)],
    }),
    build({ ...common, entryPoints: ['public/style.css', 'public/people.css'] }),
    build({
      ...graphiql,
      entryPoints: { graphiql: 'graphiql/main.tsx' },
      loader: { '.ttf': 'file', '.woff': 'file', '.woff2': 'file', '.svg': 'file', '.graphql': 'text' },
      assetNames: '[name]-[hash]',
      alias: { 'contract/operations.graphql': join(repositoryRoot, OPERATIONS) },
      plugins: [digestedAddresses(loaded)],
    }),
  ]);
  const named = new Map([app, styles, api].flatMap(({ metafile }) => [...digestedOf(metafile, root)]));
  await Promise.all(
    PAGES.map(async (page) => {
      const text = rewriteAddresses(await readFile(join(packageRoot, 'public', page), 'utf8'), named);
      const preloaded = page === VIEWER ? importsOf(app.metafile, APP, root) : [];
      await writeFile(join(target, page), withPreloads(text, preloaded));
    }),
  );
  await precompress(target);
  await writeFile(join(target, STAMP), sourceStamp());
  swapIn(target);
}

/** Gives them digests, by which they are found: addresses as written, and those they have. */
async function copyAssFiles(target: string): Promise<[string, string][]> {
  await cp(join(jassub, '../LICENSE'), join(target, 'ass/LICENSE'));
  return Promise.all(
    Object.entries(ASS_FILES).map(async ([name, source]): Promise<[string, string]> => {
      const content = await readFile(join(jassub, source));
      const address = withDigest(`/ass/${name}`, content);
      await writeFile(join(target, address), content);
      return [`/ass/${name}`, address];
    }),
  );
}

/** The browser asks for them at once, and not only when it has read the script that imports them. */
function withPreloads(page: string, addresses: readonly string[]): string {
  const links = addresses.map((address) => `    <link rel="modulepreload" href="${address}" />\n`);
  return page.replace(/ *<script type="module"/, (script) => `${links.join('')}${script}`);
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
