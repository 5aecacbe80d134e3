// cspell:ignore outbase
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const SOURCE = /\.[cm]?ts$/;
/** Files that a module reads or starts threads from, as they are named beside `import.meta.url`. */
const BESIDE = /new URL\((['"])(\.[^'"`]+)\1,\s*import\.meta\.url\)/g;

export interface Program {
  /** Compiled modules by their path below the root. */
  modules: ReadonlyMap<string, Uint8Array>;
  /** Packages that they import, without those of the workspaces. */
  packages: ReadonlySet<string>;
}

/**
 * Compiles a program with all modules of the workspaces that it reaches, each by itself and in its place below
 * `root`: what is loaded lazily stays so, and what a module finds beside itself is where it was.
 */
export async function compileProgram(options: {
  root: string;
  entries: readonly string[];
}): Promise<Program> {
  const { root } = options;
  const packages = new Set<string>();
  const seen = new Set<string>();
  const modules = new Map<string, Uint8Array>();

  const tree: Plugin = {
    name: 'tree',
    setup(builder) {
      builder.onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
        if (kind === 'entry-point') return undefined;
        const found = path.startsWith('.') ? join(dirname(importer), path) : workspaceFile(path, importer);
        if (found === null) {
          if (!path.startsWith('node:')) packages.add(packageOf(path));
          return { path, external: true };
        }
        reach(found);
        return { path: specifier(importer, found), external: true };
      });
      builder.onLoad({ filter: SOURCE }, ({ path }) => {
        const contents = readFileSync(path, 'utf8').replaceAll(BESIDE, (text, quote, named) => {
          if (!SOURCE.test(named)) return text;
          reach(join(dirname(path), named));
          return `new URL(${quote}${compiled(named)}${quote}, import.meta.url)`;
        });
        return { contents, loader: 'ts' };
      });
    },
  };
  let next: string[] = [];
  function reach(path: string): void {
    if (seen.has(path)) return;
    seen.add(path);
    next.push(path);
  }

  for (const entry of options.entries) reach(join(root, entry));
  while (next.length > 0) {
    const entryPoints = next;
    next = [];
    const { outputFiles } = await build({
      entryPoints,
      outbase: root,
      outdir: root,
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node22',
      charset: 'utf8',
      logLevel: 'error',
      plugins: [tree],
    });
    for (const { path, contents } of outputFiles) modules.set(relative(root, path), contents);
  }
  return { modules, packages };

  /** The file that a workspace exports under this name; null for a package that is installed. */
  function workspaceFile(name: string, importer: string): string | null {
    if (!name.startsWith('@giggityflix/')) return null;
    return fileURLToPath(import.meta.resolve(name, pathToFileURL(importer).href));
  }
}

function specifier(importer: string, found: string): string {
  const path = compiled(relative(dirname(importer), found)).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}

function compiled(path: string): string {
  return path.replace(SOURCE, '.js');
}

/** `@scope/name/file` → `@scope/name`. */
function packageOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}
