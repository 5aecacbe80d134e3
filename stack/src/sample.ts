import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.ts';

const SAMPLE_DIR = join(ROOT, 'stack/sample');

/** Puts the sample films into a media folder that does not exist yet; a folder someone has is left alone. */
export function seedMedia(directory: string): void {
  if (existsSync(directory)) return;
  mkdirSync(directory, { recursive: true });
  for (const name of readdirSync(SAMPLE_DIR)) copyFileSync(join(SAMPLE_DIR, name), join(directory, name));
}
