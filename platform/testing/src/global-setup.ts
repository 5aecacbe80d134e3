import type { TestProject } from 'vitest/node';
import { startKeeper } from './keeper.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where `keeper.ts` answers in this run. */
    keeperUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const keeper = await startKeeper();
  project.provide('keeperUrl', keeper.url);
  return keeper.stop;
}
