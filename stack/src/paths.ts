import { join, resolve } from 'node:path';

/** The repository's root: the all-in-one keeps its state and its films there unless configured otherwise. */
export const ROOT = resolve(import.meta.dirname, '../..');

/** The folder the sample peer shares by default. */
export const DEFAULT_MEDIA_DIR = join(ROOT, 'media');
