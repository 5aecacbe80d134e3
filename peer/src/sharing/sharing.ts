import { type Logger, READY, type Service } from '@giggityflix/kernel';
import { catalogIdToBuffer } from '@giggityflix/proto';
import { createPictureReader } from '../artwork/read-pictures.ts';
import { createSidePictures } from '../artwork/side-pictures.ts';
import type { ContentSource } from '../content/content-source.ts';
import { createLibraryContentSource } from '../content/library-content-source.ts';
import type { Announcements } from '../edge/announcements.ts';
import type { PeerConfig } from '../environment.ts';
import { createHashPool, type HashPool } from '../hashing/pool.ts';
import type { Library } from '../library/library.ts';
import { createAutomaticMarkers } from '../markers/automatic.ts';
import { createFingerprints } from '../markers/fingerprints.ts';
import { createDescriber, HEADERS_DEPTH } from '../metadata/describe.ts';
import type { ScanReport } from '../scan/report.ts';
import { createScanner, type Scanner } from '../scan/scanner.ts';
import { createWalker } from '../scan/walker.ts';
import { createAutomaticScreenshots } from '../screenshots/automatic.ts';
import { createScreenshots, type Screenshots } from '../screenshots/screenshots.ts';
import type { PeerStatus } from '../status/status.ts';
import { createIngest } from './ingest.ts';
import { createRedescribe } from './redescribe.ts';
import { createSidecarNotes, type SidecarNotes } from './sidecar-notes.ts';

/** A film's way from a folder to what is shared: found, read, described, pictured. */
export interface Sharing extends Service {
  readonly hashes: HashPool;
  readonly content: ContentSource;
  readonly screenshots: Screenshots;
  /** Scans all folders now; with `wait`, resolves once everything found has settled and been read. */
  scan(options: { wait: boolean }): Promise<ScanReport>;
  /** Looks into every film again, and takes pictures of it. */
  describeAll(): void;
  lastScan(): ScanReport | null;
  status(): PeerStatus['scan'];
  /** What lies beside films and is not used, in words for its owner. */
  sidecars: SidecarNotes;
}

export function createSharing(
  config: PeerConfig,
  deps: {
    library: Library;
    /** The file of the library, for the thread that compares it with the folders. */
    indexPath: string;
    announcements: Announcements;
    logger: Logger;
    /** Called after each complete scan. */
    onScanned: () => void;
    /** Called with what this machine lacks, in words its owner can act on. */
    onMissing: (text: string) => void;
  },
): Sharing {
  const { library, announcements, logger } = deps;
  const hashes = createHashPool({ ...config.hashing, roots: config.media.dirs });
  const notes = createSidecarNotes({ logger });
  const describer = createDescriber({
    extractMetadata: config.media.extractMetadata,
    ffprobePath: config.ffmpeg.probePath,
    roots: config.media.dirs,
    onSidecar: notes.take,
  });
  const fingerprints = createFingerprints(library.database);
  const onContent: typeof announcements.description = (described, file) => {
    const found = fingerprints.markers(described.catalogId);
    const { media } = described;
    announcements.description(
      found.length > 0 ? { ...described, media: { ...media, markers: found } } : described,
      file,
    );
  };
  /** Whether something is left to be read of some film. */
  let isHasty = false;
  const ingest = createIngest({
    library,
    hashes,
    logger,
    describer,
    onContent,
    isCrowded: announcements.isCrowded,
    onChanged: (keys) => scanner.resettle(keys),
    onHasty() {
      isHasty = true;
    },
    onIdle() {
      if (isHasty) redescribe.lookDeeper();
      isHasty = false;
      beside.pump();
      automatic.pump();
      markers.pump();
    },
  });
  const redescribe = createRedescribe(
    { refreshMs: config.peer.describeAgainMs },
    {
      library,
      logger,
      describer,
      onContent,
      isIdle: () => ingest.busy() === 0 && !announcements.isBehind(),
      onDone: () => beside.pump(),
    },
  );
  library.onDescriptionDue(() => redescribe.pump());
  const rules = {
    roots: config.media.dirs,
    extensions: config.media.extensions,
    excludeDirs: config.media.excludeDirs,
  };
  const scanner: Scanner = createScanner(
    { rules, intervalMs: config.media.scanIntervalMs, watch: config.media.watch },
    {
      library,
      walker: createWalker({ databasePath: deps.indexPath, rules }),
      logger,
      onPending: ingest.pump,
      onScanned: deps.onScanned,
    },
  );
  const content = createLibraryContentSource(
    { roots: config.media.dirs },
    { library, onChanged: (file) => void scanner.check([file.dir]) },
  );
  const screenshots = createScreenshots(
    {
      ffmpegPath: config.ffmpeg.path,
      ffprobePath: config.ffmpeg.probePath,
      dataDir: config.peer.dataDir,
      cacheBytes: config.screenshots.cacheBytes,
    },
    { content, logger },
  );
  const automatic = createAutomaticScreenshots(
    { count: config.screenshots.automatic },
    {
      database: library.database,
      screenshots,
      logger,
      isIdle: () => ingest.busy() === 0,
      isBehind: announcements.isBehind,
      onPictures: announcements.pictures,
    },
  );

  const beside = createSidePictures({
    library,
    content,
    reader: createPictureReader(
      { ffmpegPath: config.ffmpeg.path, roots: config.media.dirs },
      { onSidecar: notes.take },
    ),
    logger,
    isIdle: () => ingest.busy() === 0,
    isBehind: announcements.isBehind,
    onPictures: announcements.artwork,
  });

  const markers = createAutomaticMarkers(
    {
      enabled: config.media.extractMetadata && config.media.detectIntros,
      ffmpegPath: config.ffmpeg.path,
    },
    {
      database: library.database,
      fingerprints,
      content,
      logger,
      isIdle: () => ingest.busy() === 0,
      onMarkers(catalogId) {
        const described = library.content(catalogId);
        const file = library.describer(catalogIdToBuffer(catalogId));
        if (described && file) onContent(described, file);
      },
    },
  );

  async function caughtUp(): Promise<void> {
    do {
      await scanner.settled();
      await ingest.idle();
    } while (scanner.settling() > 0);
  }

  let firstScan: Promise<void> = Promise.resolve();
  return {
    hashes,
    content,
    screenshots,
    lastScan: scanner.lastReport,
    sidecars: notes,
    async scan({ wait }) {
      const report = await scanner.scan();
      if (wait) await caughtUp();
      return report;
    },
    describeAll() {
      redescribe.all();
      beside.repeat();
      automatic.repeat();
    },
    status: () => ({
      scanning: scanner.scanning(),
      hashing: ingest.busy(),
      settling: scanner.settling(),
      bytesHashed: hashes.bytesRead(),
      watching: scanner.watchesEverything(),
      last: scanner.lastReport(),
    }),

    /** The first scan goes on in the background: a disk that is slow to answer must not hold up everything else. */
    async start() {
      library.onSharedChange(() => {
        beside.pump();
        automatic.pump();
        markers.pump();
      });
      firstScan = scanner
        .start()
        .then(() => redescribe.start())
        .catch((error: unknown) => logger.error({ err: error }, 'the first scan failed'));
      void screenshots.available().then((has) => {
        if (!has)
          deps.onMissing(
            'FFmpeg is not installed: no screenshots, and no video made fit for browsers that cannot decode it (FFMPEG_PATH)',
          );
        automatic.pump();
        markers.pump();
      });
      void describer.depth.then((reached) => {
        if (reached === HEADERS_DEPTH)
          deps.onMissing(
            'ffprobe is not installed: no chapters, and of some containers no codecs (FFPROBE_PATH)',
          );
      });
    },
    async stop() {
      ingest.stop();
      await scanner.stop();
      await firstScan;
      await hashes.stop();
      await Promise.all([
        ingest.settled(),
        automatic.stop(),
        beside.stop(),
        markers.stop(),
        redescribe.stop(),
      ]);
    },
    ready: () => READY,
  };
}
