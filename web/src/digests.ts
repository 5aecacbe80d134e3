import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Metafile, Plugin } from 'esbuild';

/** Addresses of built files as the sources write them (`/app.js`), to those with a digest of the content (`/app-R3ZK5QDW.js`). */
export type Digested = ReadonlyMap<string, string>;

/** What a build has written; `root` is the directory whose files are served at `/`, as the build names it. */
export function digestedOf({ outputs }: Metafile, root: string): Digested {
  const names = Object.keys(outputs).map((path) => addressOf(path, root));
  return new Map(names.map((name) => [name.replace(/-[A-Z0-9]{8}(?=\.\w+$)/, ''), name]));
}

/** Puts the digest of some content into an address, as esbuild does for what it builds. */
export function withDigest(address: string, content: Uint8Array): string {
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase();
  return address.replace(/(?=\.\w+$)/, `-${digest}`);
}

/** Writes the addresses with digests in place of the quoted ones without. */
export function rewriteAddresses(text: string, digested: Digested): string {
  return text.replace(/(['"])(\/[\w./-]+)\1/g, (whole, quote: string, address: string) => {
    const name = digested.get(address);
    return name === undefined ? whole : `${quote}${name}${quote}`;
  });
}

/** Gives the modules that name files by their addresses (`addresses.ts`) those with digests. */
export function digestedAddresses(digested: Digested): Plugin {
  return {
    name: 'digested-addresses',
    setup(build) {
      build.onLoad({ filter: /[\\/]addresses\.ts$/ }, async ({ path }) => ({
        contents: rewriteAddresses(await readFile(path, 'utf8'), digested),
        loader: 'ts',
      }));
    },
  };
}

/** The scripts that an entry point imports, and they in turn, by their addresses; not what it loads later. */
export function importsOf({ outputs }: Metafile, entryPoint: string, root: string): string[] {
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === entryPoint);
  const found = new Set<string>();
  const follow = (path: string) => {
    for (const { path: imported, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && !found.has(imported)) {
        found.add(imported);
        follow(imported);
      }
  };
  if (entry !== undefined) follow(entry);
  return [...found].map((path) => addressOf(path, root));
}

function addressOf(path: string, root: string): string {
  return path.slice(root.length);
}
