import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const DOCKERFILE = 'deploy/Dockerfile';

/** The image that all stages of the Dockerfile are made from. */
export interface BaseName {
  /** In full, by which `FROM` finds it where nothing may be fetched. */
  reference: string;
  nodeMajor: string;
  /** Debian's name of its release. */
  suite: string;
}

/** @throws Error when the stages differ in it, or it is no slim Node.js on Debian. */
export function baseOf(root: string): BaseName {
  const text = readFileSync(join(root, DOCKERFILE), 'utf8');
  const names = new Set([...text.matchAll(/^FROM (\S+)/gm)].map(([, name = '']) => name));
  const [name = ''] = names;
  const [, nodeMajor, suite] = /^node:(\d+)-([a-z]+)-slim$/.exec(name) ?? [];
  if (names.size !== 1 || !nodeMajor || !suite)
    throw new Error(
      `${DOCKERFILE} is not FROM one node:MAJOR-SUITE-slim, but from ${[...names].join(' and ')}`,
    );
  return { reference: `docker.io/library/${name}`, nodeMajor, suite };
}
