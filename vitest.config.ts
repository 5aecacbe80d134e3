import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // The package has an ES and a CommonJS build; Apollo's packages load the latter, and the two do not mix.
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }],
  },
  test: {
    include: [
      '{platform,proto,prisma,subgraphs/*,gateway,edge,peer,matchmaker,player,web,stack,tests,scripts}/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['platform/testing/src/global-setup.ts'],
    pool: 'forks',
    // Most of the time goes into waiting for servers and browsers, so there is one more at work than there are cores.
    maxWorkers: availableParallelism() + 1,
    // Conditions are waited for, however slow the machine; the tests themselves say nothing of time.
    expect: { poll: { timeout: 10_000, interval: 25 } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
