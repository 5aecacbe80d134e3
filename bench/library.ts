import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDescriber } from '../peer/src/metadata/describe.ts';
import { type CatalogView, createCatalogView } from './library/catalog.ts';
import { createFilmMaker, type FilmMaker, writeLibrary } from './library/films.ts';
import { type BenchRow, percentile, row } from './row.ts';
import { startPlatform } from './start/platform.ts';

/** New files of one import, films whose metadata is read, and files that ffprobe reads one by one for the baseline. */
export const options = { files: 5_000, films: 1_000, probes: 100 };

/** Files that read metadata at once: as many as the daemon reads on a machine of this size. */
const AT_ONCE = 3;
/** The samples and the changes are beyond 20,000 files, of which an edge takes no more of anyone. */
const ROOM = { MAX_FILES_PER_PEER: '30000', PEER_FILES_BURST: '30000', NETWORK_FILES_BURST: '30000' };
/** Between two changes that someone waits for, in milliseconds. */
const PAUSE_MS = 1_500;

/**
 * What people wait for when a library is taken in: its files in the catalog as the gateway shows it, changes to known
 * files meanwhile, and metadata alone; beside one ffprobe for each file, which is what reading a library without a library
 * for containers costs at least.
 */
export default async function library({ files, films, probes }: typeof options): Promise<BenchRow[]> {
  const maker = createFilmMaker();
  const probing = measureProbes(maker, probes);
  const reading = await measureMetadata(maker, films);
  const { seconds, changes } = await measureImport(maker, files);
  const latencies = [...changes.values()].flat();
  const baseline = (value: number) => ({ name: 'one ffprobe for each file', value });
  return [
    row(`take ${files} new files into the catalog`, 's', seconds, baseline(probing * files)),
    row(`metadata of ${films} films`, 's', reading, baseline(probing * films)),
    row('a change during the import, p50', 'ms', percentile(latencies, 50)),
    row('a change during the import, longest', 'ms', Math.max(...latencies)),
    ...[...changes].map(([kind, all]) => row(`${kind}, longest of ${all.length}`, 'ms', Math.max(...all))),
  ];
}

/** Seconds one ffprobe takes, unconfined. */
function measureProbes(maker: FilmMaker, count: number): number {
  const dir = mkdtempSync(join(tmpdir(), 'bench-library-'));
  writeLibrary(maker, dir, count);
  const args = ['-v', 'error', '-show_format', '-show_streams', '-show_chapters', '-of', 'json'];
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1)
    execFileSync('ffprobe', [...args, join(dir, `Shelf ${Math.floor(index / 100)}`, maker.name(index))], {
      stdio: 'pipe',
    });
  const seconds = (performance.now() - startedAt) / 1_000 / count;
  rmSync(dir, { recursive: true, force: true });
  return seconds;
}

async function measureMetadata(maker: FilmMaker, count: number): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), 'bench-library-'));
  writeLibrary(maker, root, count);
  const describer = createDescriber({ extractMetadata: true, ffprobePath: 'ffprobe', roots: [root] });
  await describer.depth;
  const startedAt = performance.now();
  let next = 0;
  const read = async () => {
    for (let index = next++; index < count; index = next++) {
      const dir = join(root, `Shelf ${Math.floor(index / 100)}`);
      const { media } = await describer.describe({ dir, name: maker.name(index), sidecars: '' });
      if (media.durationSeconds === null) throw new Error(`${maker.name(index)} has no duration`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, read));
  const seconds = (performance.now() - startedAt) / 1_000;
  rmSync(root, { recursive: true, force: true });
  return seconds;
}

async function measureImport(maker: FilmMaker, count: number) {
  const platform = await startPlatform(ROOM);
  try {
    const catalog = createCatalogView(platform.ports.GATEWAY_PORT);
    const known = join(platform.mediaDir, 'Known');
    mkdirSync(known);
    const change = createChanges(maker, catalog, known);
    await change.prepare();
    // Written elsewhere and moved: the import begins when its last file is there.
    const staging = join(platform.mediaDir, '.staging');
    writeLibrary(maker, staging, count);
    const startedAt = performance.now();
    renameSync(staging, join(platform.mediaDir, 'Import'));
    let done = false;
    const imported = catalog.until('numbered', count, 250).then(() => {
      done = true;
      return (performance.now() - startedAt) / 1_000;
    });
    const changes = new Map<Change, number[]>();
    for (let turn = 0; !done; turn += 1) {
      const kind = CHANGES[turn % CHANGES.length]!;
      changes.set(kind, [...(changes.get(kind) ?? []), await change.make(kind, turn)]);
      await Promise.race([sleep(PAUSE_MS), imported]);
    }
    return { seconds: await imported, changes };
  } finally {
    await platform.stop();
  }
}

const CHANGES = [
  'a new film',
  'another film in its place',
  'a new name',
  'a new .nfo',
  'its removal',
] as const;
type Change = (typeof CHANGES)[number];

/** Changes of single files that someone waits for; made one after the other, they leave the folder as it was. */
function createChanges(maker: FilmMaker, catalog: CatalogView, dir: string) {
  const path = (name: string) => join(dir, `${name} (2020).mp4`);
  return {
    async prepare(): Promise<void> {
      maker.write(path('Steadfast'), 0);
      await catalog.until('steadfast', 1);
    },
    /** Makes a change and resolves with the milliseconds until the gateway shows it. */
    async make(kind: Change, turn: number): Promise<number> {
      const round = Math.floor(turn / CHANGES.length);
      const [added, renamed, described] = ['Addition', 'Renaming', 'Description'].map(
        (word) => `${word} ${round}`,
      );
      switch (kind) {
        case 'a new film':
          maker.write(path(added!), 0);
          return await catalog.until(added!, 1);
        case 'another film in its place': {
          const former = await catalog.fileOf(added!);
          maker.write(path(added!), 0);
          return await catalog.untilReplaced(added!, former);
        }
        case 'a new name':
          renameSync(path(added!), path(renamed!));
          return await catalog.until(renamed!, 1);
        case 'a new .nfo':
          writeFileSync(
            path(renamed!).replace('.mp4', '.nfo'),
            `<movie><title>${described}</title><year>2020</year></movie>`,
          );
          return await catalog.until(described!, 1);
        default:
          unlinkSync(path(renamed!));
          return await catalog.until(described!, 0);
      }
    },
  };
}
