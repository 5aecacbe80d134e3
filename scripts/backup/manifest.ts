import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { BackupError } from './failure.ts';

export const MANIFEST = 'manifest.json';
const FORMAT = 'giggityflix-backup';
/** Grows when an older restore would misunderstand what is written. */
const VERSION = 1;

/** Where a part is in the folder of a backup: never outside of it. */
const inside = z.string().regex(/^(?!\.{1,2}(\/|$))[^/\0\\]+(\/(?!\.{1,2}(\/|$))[^/\0\\]+)*$/);

const partSchema = z.object({
  kind: z.enum(['sqlite', 'file', 'postgresql', 'redis', 'secret']),
  path: inside,
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** What the part is of: a database's name in the environment files, or the absolute path of a file. */
  of: z.string().optional(),
  /** Migrations that its database has: names, or for SQLite their number. */
  migrations: z.union([z.array(z.string()), z.int().nonnegative()]).optional(),
});
export type Part = z.infer<typeof partSchema>;

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  /** Of the programs that wrote it. */
  release: z.string().regex(/^\d+\.\d+\.\d+/),
  createdAt: z.iso.datetime(),
  mode: z.enum(['all-in-one', 'production']),
  parts: z.array(partSchema).min(1),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type Mode = Manifest['mode'];

/** The release of the programs that run here. */
export function ownRelease(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

export function toManifest(mode: Mode, parts: readonly Part[]): string {
  const manifest: Manifest = {
    format: FORMAT,
    version: VERSION,
    release: ownRelease(),
    createdAt: new Date().toISOString(),
    mode,
    parts: [...parts],
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** @throws BackupError for a folder that is no backup, or one that this release does not understand. */
export function readManifest(folder: string): Manifest {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
  } catch (error) {
    throw new BackupError(`${folder} is no backup: ${(error as Error).message}`);
  }
  const { format, version } = (given ?? {}) as { format?: unknown; version?: unknown };
  if (format !== FORMAT) throw new BackupError(`${folder} is no backup: ${MANIFEST} is of something else`);
  if (version !== VERSION)
    throw new BackupError(
      `${folder} is a backup of format ${String(version)}, and this release reads format ${VERSION}: use the release that wrote it, or a newer one`,
    );
  const parsed = manifestSchema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BackupError(`${MANIFEST} in ${folder} is damaged: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  if (isNewer(parsed.data.release, ownRelease()))
    throw new BackupError(
      `${folder} was written by release ${parsed.data.release}, which is newer than this one (${ownRelease()}): update first`,
    );
  return parsed.data;
}

/** @throws BackupError naming every part that is not as it was written. */
export async function verifyParts(folder: string, { parts }: Manifest): Promise<void> {
  const problems: string[] = [];
  for (const { path, bytes, sha256 } of parts) {
    const file = join(folder, path);
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (!found) problems.push(`${path} is missing`);
    else if (!found.isFile()) problems.push(`${path} is no regular file`);
    else if (found.size !== bytes) problems.push(`${path} has ${found.size} bytes, not ${bytes}`);
    else if ((await digest(file)) !== sha256) problems.push(`${path} has other contents than were written`);
  }
  if (problems.length > 0)
    throw new BackupError(`${folder} is damaged, and nothing was changed:\n  ${problems.join('\n  ')}`);
}

/** The entry of a part that was written to `path` in `folder`. */
export async function describePart(folder: string, part: Omit<Part, 'bytes' | 'sha256'>): Promise<Part> {
  const file = join(folder, part.path);
  return { ...part, bytes: lstatSync(file).size, sha256: await digest(file) };
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function isNewer(release: string, than: string): boolean {
  const [one, other] = [release, than].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  for (let at = 0; at < 3; at += 1) if (one![at] !== other![at]) return one![at]! > other![at]!;
  return false;
}
