import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      '{platform,proto,prisma,subgraphs/*,gateway,edge,peer,matchmaker,web,stack,tests,scripts}/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
