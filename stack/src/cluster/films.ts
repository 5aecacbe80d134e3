import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../paths.ts';
import type { Installation } from './installation.ts';

const SAMPLES = join(ROOT, 'stack/sample');

/** Gives each peer a folder of films: those named, else the samples; a folder that is there is left alone. */
export function shareFilms({ of }: Installation, films?: readonly string[]): void {
  const shared = films ?? readdirSync(SAMPLES).map((name) => join(SAMPLES, name));
  for (const { folder } of of('peer')) {
    const target = join(folder, 'films');
    if (existsSync(target)) continue;
    mkdirSync(target, { recursive: true });
    for (const film of shared) copyFileSync(film, join(target, basename(film)));
  }
}
