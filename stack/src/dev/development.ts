import { relative } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import type { Supervisor } from '../supervisor.ts';
import { type Affected, createAffected, isIgnored } from './affected.ts';
import { readWorkspaces } from './workspaces.ts';

/** Editors and `git checkout` write many files at once; one restart follows them all. */
const SETTLE_MS = 100;

export interface Development {
  /** Resolves when changes are noticed from now on. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface DevelopmentDependencies {
  supervisor: Pick<Supervisor, 'restart'>;
  /** Builds the web page again. A rejection is reported and changes nothing else. */
  bundle(): Promise<void>;
  /** What is done because of which file, relative to the root. */
  report(affected: Affected, message: string): void;
}

/** Watches the sources below `root`, restarts the processes that use a changed file and bundles the web page again. */
export function createDevelopment(
  { root }: { root: string },
  { supervisor, bundle, report }: DevelopmentDependencies,
): Development {
  const workspaces = readWorkspaces(root);
  const affectedBy = createAffected(workspaces);
  /** What is to be done, and the first file it is done for. */
  const pending = new Map<Affected, string>();
  let watcher: FSWatcher | null = null;
  let timer: NodeJS.Timeout | undefined;
  let applying = Promise.resolve();

  const pathOf = (file: string) => relative(root, file).replaceAll('\\', '/');

  const apply = async () => {
    const changes = [...pending];
    pending.clear();
    await Promise.all(
      changes.map(async ([name, path]) => {
        if (name !== 'web') {
          report(name, `${path} changed; restarting`);
          return supervisor.restart(name);
        }
        report(name, `${path} changed; building the page`);
        await bundle().catch((error: Error) => report(name, error.message));
      }),
    );
  };

  const changed = (file: string) => {
    const path = pathOf(file);
    const affected = affectedBy(path);
    if (affected.length === 0) return;
    for (const name of affected) if (!pending.has(name)) pending.set(name, path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      applying = applying.then(apply);
    }, SETTLE_MS);
  };

  return {
    async start() {
      const ready = Promise.withResolvers<void>();
      watcher = watch(
        workspaces.map(({ folder }) => `${root}/${folder}`),
        { ignoreInitial: true, ignored: (file) => isIgnored(pathOf(file)) },
      );
      watcher.on('ready', ready.resolve).on('error', ready.reject);
      for (const event of ['add', 'change', 'unlink'] as const) watcher.on(event, changed);
      await ready.promise;
    },
    async stop() {
      clearTimeout(timer);
      await watcher?.close();
      await applying;
    },
  };
}
