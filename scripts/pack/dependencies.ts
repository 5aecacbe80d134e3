import { dirname } from 'node:path/posix';

interface LockEntry {
  version?: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  dev?: boolean;
  /** In `node_modules`, a workspace, whose folder is `resolved`. */
  link?: boolean;
}

export interface Lock {
  packages: Record<string, LockEntry>;
}

/** The exact versions that a workspace is developed and tested with, of the packages it names. */
export function pinned(lock: Lock, options: { workspaces: readonly string[]; names: Iterable<string> }) {
  const { workspaces } = options;
  const versions: Record<string, string> = {};
  for (const name of [...options.names].sort()) {
    const found = new Set(workspaces.flatMap((workspace) => declared(lock, workspace, name) ?? []));
    const places = [...found].map((place) => lock.packages[place]?.version);
    if (places.length !== 1 || !places[0])
      throw new Error(`${name} is installed in ${places.length} versions: the package can name one`);
    versions[name] = places[0];
  }
  return versions;
}

/**
 * The part of a lock file that packages need, with all that they need themselves, as the `packages` of an
 * `npm-shrinkwrap.json`: `npm ci` installs those versions, by their hashes, and no others.
 */
export function lockedTree(
  lock: Lock,
  options: { workspaces: readonly string[]; names: Iterable<string> },
): Record<string, LockEntry> {
  const placed = new Map<string, { from: string; entry: LockEntry }>();
  const waiting: { name: string; from: string; below: string; optional: boolean }[] = [...options.names]
    .sort()
    .map((name) => ({
      name,
      from: options.workspaces.find((workspace) => declared(lock, workspace, name)) ?? '',
      below: '',
      optional: false,
    }));
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { name, from, below, optional } = next;
    const source = placeOf(lock, from, name);
    if (source === null) {
      if (optional) continue;
      throw new Error(`${name}, which ${from} needs, is not in the lock file`);
    }
    // Where Node.js looks for it from there, one of another version may be in the way.
    const seen = placesFor(below, name).find((place) => placed.has(place));
    if (seen !== undefined && placed.get(seen)?.from === source) continue;
    const place = seen === undefined ? `node_modules/${name}` : `${below}/node_modules/${name}`;
    const { dev: _, ...entry } = lock.packages[source] as LockEntry;
    placed.set(place, { from: source, entry });
    for (const [needed, isOptional] of needs(entry))
      waiting.push({ name: needed, from: source, below: place, optional: isOptional });
  }
  return Object.fromEntries(
    [...placed].map(([place, { entry }]) => [place, entry] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What a package needs when it runs, and whether it does without. */
export function needs(entry: LockEntry): [name: string, optional: boolean][] {
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta } = entry;
  return [
    ...Object.keys(dependencies).map((name): [string, boolean] => [name, name in optionalDependencies]),
    ...Object.keys(optionalDependencies).map((name): [string, boolean] => [name, true]),
    ...Object.keys(peerDependencies)
      .filter((name) => peerDependenciesMeta?.[name]?.optional !== true)
      .map((name): [string, boolean] => [name, false]),
  ];
}

/** Where the package is that a workspace names among its dependencies. */
function declared(lock: Lock, workspace: string, name: string): string | null {
  return lock.packages[workspace]?.dependencies?.[name] ? placeOf(lock, workspace, name) : null;
}

/** Where Node.js finds a package from a place in the lock file; null where it does not. */
function placeOf(lock: Lock, from: string, name: string): string | null {
  return placesFor(from, name).find((place) => lock.packages[place]?.version !== undefined) ?? null;
}

/** The places in which Node.js looks for a package, nearest first. */
export function placesFor(from: string, name: string): string[] {
  const places: string[] = [];
  for (let folder = from; folder !== '' && folder !== '.'; folder = dirname(folder))
    if (!folder.endsWith('node_modules')) places.push(`${folder}/node_modules/${name}`);
  return [...places, `node_modules/${name}`];
}
