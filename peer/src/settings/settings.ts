import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { writePrivateFile } from '@giggityflix/state';
import { z } from 'zod';

const FILE = 'settings.json';
const MAX_KBPS = 100_000_000;
const MAX_FOLDERS = 100;
const MAX_PATH_LENGTH = 4_096;

const kbps = z.int().min(0).max(MAX_KBPS);
const hours = z.object({
  /** Hours of the day on this machine's clock; one that ends before it begins goes past midnight. */
  from: z.int().min(0).max(23),
  until: z.int().min(0).max(24),
  limitKbps: kbps,
});

const schema = z.object({
  folders: z
    .array(z.string().max(MAX_PATH_LENGTH).refine(isAbsolute, { error: 'expected a whole path' }))
    .max(MAX_FOLDERS)
    .default([]),
  /** Null where the owner set none. */
  bandwidth: z
    .object({
      /** Most kilobits a second to all viewers together; 0 for no limit. */
      limitKbps: kbps,
      /** Other limits at some hours; the first that fits counts. */
      hours: z.array(hours).max(24).default([]),
    })
    .nullable()
    .default(null),
  paused: z.boolean().default(false),
  /** What becomes of a `file_delete` command. Null where the owner did not say. */
  deletion: z.enum(['refuse', 'ask', 'allow']).nullable().default(null),
});

/** What the owner set in the page; variables come before it. */
export type Settings = z.output<typeof schema>;
export type BandwidthSettings = NonNullable<Settings['bandwidth']>;
export type DeletionRule = NonNullable<Settings['deletion']>;

export interface SettingsStore {
  current(): Settings;
  /** Keeps a change. @throws ZodError for what is no setting; Error when it cannot be written. */
  change(patch: Partial<Settings>): Settings;
}

/** The owner's settings in the data directory; a file that holds none is taken for none. */
export function createSettings({ dataDir }: { dataDir: string }): SettingsStore {
  const path = join(dataDir, FILE);
  let settings = read(path);
  return {
    current: () => settings,
    change(patch) {
      const next = schema.parse({ ...settings, ...patch });
      writePrivateFile(path, `${JSON.stringify(next, null, 2)}\n`);
      settings = next;
      return next;
    },
  };
}

function read(path: string): Settings {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return schema.parse({});
  }
}
