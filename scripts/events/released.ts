import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { headerIncompatibilities, incompatibilities } from './compatibility.ts';
import type { JsonSchema } from './schema.ts';

export interface Release {
  version: string;
  /** Schema by the name of its document. */
  documents: Readonly<Record<string, JsonSchema>>;
}

const folderOf = (events: string) => join(events, 'released');

/** Every release on record, below docs/events of a checkout. */
export function readReleases(events: string): Release[] {
  const folder = folderOf(events);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({
      version: file.slice(0, -'.json'.length),
      documents: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Release['documents'],
    }))
    .sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
}

/** Keeps the schemas of a release for the comparisons to come; null in a checkout without any. */
export function recordRelease(events: string, version: string): string | null {
  const schemas = join(events, 'schemas');
  if (!existsSync(schemas)) return null;
  const documents = Object.fromEntries(
    readdirSync(schemas)
      .sort()
      .map((file) => [
        file.slice(0, -'.json'.length),
        JSON.parse(readFileSync(join(schemas, file), 'utf8')) as JsonSchema,
      ]),
  );
  mkdirSync(folderOf(events), { recursive: true });
  const path = join(folderOf(events), `${version}.json`);
  writeFileSync(path, `${JSON.stringify(documents, null, 2)}\n`);
  return path;
}

/** What the events of now break for those of a release, one line each. */
export function brokenSince(release: Release, current: ReadonlyMap<string, JsonSchema>): string[] {
  return Object.entries(release.documents).flatMap(([name, released]) => {
    const now = current.get(name);
    if (!now) return [`${name}: the event is gone; names only grow`];
    const compare = name.startsWith('headers') ? headerIncompatibilities : incompatibilities;
    return compare(released, now).map((problem) => `${name}: ${problem}`);
  });
}
