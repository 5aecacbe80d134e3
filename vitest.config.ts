import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const WORKSPACES =
  '{platform/*,proto,prisma,player,subgraphs/*,gateway,edge,peer,matchmaker,web,stack,scripts,bench}';
const ALONE = [
  'tests/security/flood.test.ts',
  'tests/browser/swarm/several-sources.test.ts',
  'tests/cluster/cluster.test.ts',
  'tests/faults/short.test.ts',
  // The images, which take most of a disk's time to build.
  'tests/deploy/built-image.test.ts',
];
/** The schedule and the checker of the faults: functions alone. */
const FAULTS = 'tests/faults/**/*.test.ts';
const INTEGRATION = `${WORKSPACES}/**/*.integration.test.ts`;

export default defineConfig({
  resolve: {
    // The package has an ES and a CommonJS build; Apollo's packages load the latter, and the two do not mix.
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }],
  },
  test: {
    globalSetup: ['platform/testing/src/global-setup.ts'],
    pool: 'forks',
    // Most of the time goes into waiting for servers and browsers, so there is one more at work than there are cores.
    maxWorkers: availableParallelism() + 1,
    // Conditions are waited for, however slow the machine; the tests themselves say nothing of time.
    expect: { poll: { timeout: 10_000, interval: 25 } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      // One file's code in one process: starts no server, no process and no browser.
      // Its files share the modules they load, which takes half the processor time of loading them for each.
      project('unit', [`${WORKSPACES}/**/*.test.ts`, FAULTS], {
        exclude: [INTEGRATION, ...ALONE],
        isolate: false,
      }),
      // Real servers, several processes, sockets, the file system at size; the whole platform.
      project('integration', [INTEGRATION, 'tests/**/*.test.ts'], {
        exclude: ['tests/{browser,people,nat}/**', FAULTS, ...ALONE],
      }),
      // The page in Chromium.
      project('browser', ['tests/{browser,people}/**/*.test.ts'], { exclude: ALONE }),
      // What must be done within a stated time, when nothing else is running any more.
      project('alone', ALONE, { maxWorkers: 1, sequence: { groupOrder: 1 } }),
      // Machines behind NATs, in network namespaces; for root alone.
      project('nat', ['tests/nat/**/*.test.ts']),
    ],
  },
});

interface ProjectOptions {
  exclude?: string[];
  isolate?: boolean;
  maxWorkers?: number;
  sequence?: { groupOrder: number };
}

function project(name: string, include: string[], options: ProjectOptions = {}) {
  const { exclude = [], ...rest } = options;
  return {
    extends: true as const,
    test: { name, include, exclude: ['**/node_modules/**', '**/dist/**', ...exclude], ...rest },
  };
}
