import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, realPostgres, writeNewFilm } from '@giggityflix/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createInstallation, type Installation, type Running, type RunningSubgraph } from './installation.ts';
import { checkOut, yesterday } from './yesterday.ts';

/** Five processes start beside whatever else the machine does. */
const WAIT = { timeout: 240_000, interval: 200 };
const before = yesterday();
const postgres = await realPostgres();

describe.skipIf(before.skip)('services of the last release and of today on one bus and one database', () => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-versions-'));
  const old = join(directory, 'old');
  let installation: Installation | undefined;
  beforeAll(() => checkOut(before.revision, old));
  afterEach(async (context) => {
    if (context.task.result?.state === 'fail') console.error(installation?.output());
    await installation?.stop();
    installation = undefined;
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const ready = (service: Running) => expect.poll(service.isReady, WAIT).toBe(true);

  async function titles(catalog: RunningSubgraph): Promise<Map<string, string>> {
    const data = await catalog.ask('{ titles(first: 20) { edges { node { name files { catalogId } } } } }');
    const { edges } = data.titles as {
      edges: { node: { name: string; files: { catalogId: string }[] } }[];
    };
    return new Map(edges.map(({ node }) => [node.name, node.files[0]?.catalogId ?? '']));
  }

  async function isAvailable(tracker: RunningSubgraph, catalogId: string): Promise<boolean> {
    const data = await tracker.ask(`{ catalogAvailability(catalogIds: ["${catalogId}"]) { isAvailable } }`);
    return (data.catalogAvailability as { isAvailable: boolean }[])[0]?.isAvailable ?? false;
  }

  it.each([['the subgraphs'], ['the edges']])(
    'agree on every film throughout an upgrade that begins with %s',
    async (beginning) => {
      const data = join(directory, beginning);
      const media = join(data, 'media');
      mkdirSync(media, { recursive: true });
      cpSync(join(ROOT, 'stack/sample/Counting Seconds (2026).mp4'), join(media, 'First (2001).mp4'));
      const here = await createInstallation(data, media);
      installation = here;
      const catalogs = [await here.start(old, 'catalog')];
      const trackers = [await here.start(old, 'tracker')];
      let edge = await here.start(old, 'edge');
      await Promise.all([...catalogs, ...trackers, edge].map(ready));

      /** Every catalog and every tracker that runs has the film; resolves with its catalog id. */
      const agree = async (film: string) => {
        for (const catalog of catalogs)
          await expect.poll(async () => (await titles(catalog)).has(film), WAIT).toBe(true);
        const id = (await titles(catalogs[0]!)).get(film)!;
        for (const tracker of trackers) await expect.poll(() => isAvailable(tracker, id), WAIT).toBe(true);
        return id;
      };
      const share = async (film: string, year: number) => {
        writeNewFilm(join(media, `${film} (${year}).mp4`));
        await agree(film);
      };
      /** Both versions of a service share its consumer group and its database, which today's brings up to date. */
      const startSubgraphsBeside = async () => {
        catalogs.push(await here.start(ROOT, 'catalog'));
        trackers.push(await here.start(ROOT, 'tracker'));
        await Promise.all([...catalogs, ...trackers].map(ready));
      };
      const replaceEdge = async () => {
        await edge.process.end();
        edge = await here.start(ROOT, 'edge');
        await ready(edge);
      };
      const steps = [startSubgraphsBeside, replaceEdge];
      if (beginning === 'the edges') steps.reverse();

      // An upgraded peer may come to an edge that is not.
      await here.start(beginning === 'the edges' ? ROOT : old, 'peer');
      const first = await agree('First');
      await steps[0]!();
      await share('Second', 2002);
      await steps[1]!();
      await share('Third', 2003);
      await Promise.all([catalogs.shift()!, trackers.shift()!].map(({ process }) => process.end()));
      await share('Fourth', 2004);
      rmSync(join(media, 'First (2001).mp4'));
      await expect.poll(() => isAvailable(trackers[0]!, first), WAIT).toBe(false);
    },
    1_200_000,
  );

  it.skipIf(postgres.skip)(
    'a catalog of the last release starts on the PostgreSQL database that today’s has brought up to date',
    async () => {
      const data = join(directory, 'taken back');
      const media = join(data, 'media');
      mkdirSync(media, { recursive: true });
      cpSync(join(ROOT, 'stack/sample/Counting Seconds (2026).mp4'), join(media, 'First (2001).mp4'));
      const here = await createInstallation(data, media, postgres.url);
      installation = here;
      const today = await here.start(ROOT, 'catalog');
      await ready(today);
      await today.process.end();
      const catalog = await here.start(old, 'catalog');
      const edge = await here.start(ROOT, 'edge');
      await Promise.all([catalog, edge].map(ready));
      await here.start(ROOT, 'peer');
      await expect.poll(async () => [...(await titles(catalog)).keys()], WAIT).toEqual(['First']);
    },
    1_200_000,
  );
});
