import { describe, expect, it } from 'vitest';
import { ROOT } from '../paths.ts';
import { createAffected } from './affected.ts';
import { closure, readWorkspaces } from './workspaces.ts';

const workspace = (folder: string, ...dependencies: string[]) => ({
  name: `@giggityflix/${folder.split('/').at(-1)}`,
  folder,
  dependencies: dependencies.map((name) => `@giggityflix/${name}`),
});

const affectedBy = createAffected([
  workspace('platform/kernel'),
  workspace('platform/bus', 'kernel'),
  workspace('proto'),
  workspace('player', 'proto'),
  workspace('subgraphs/tracker', 'bus'),
  workspace('edge', 'bus', 'proto'),
  workspace('matchmaker', 'kernel'),
  workspace('peer', 'kernel', 'proto'),
  workspace('web', 'player'),
  workspace('stack', 'tracker', 'edge', 'matchmaker', 'peer', 'web'),
]);

describe('a changed file concerns', () => {
  it.each([
    ['edge/src/main.ts', ['edge']],
    ['peer/src/http/page/page.css', ['peer']],
    ['subgraphs/tracker/src/redis/lua/claim.lua', ['hub']],
    ['stack/src/hub.ts', ['hub']],
    ['platform/bus/src/bus.ts', ['hub', 'edge']],
    ['platform/kernel/package.json', ['hub', 'edge', 'matchmaker', 'peer']],
    ['proto/src/index.ts', ['edge', 'peer', 'web']],
    ['player/src/session.ts', ['web']],
    ['web/public/icon.svg', ['web']],
  ])('the processes that use its workspace: %s', (path, expected) => {
    expect(affectedBy(path)).toEqual(expected);
  });

  it.each([
    'edge/src/edge.test.ts',
    'edge/src/peers/peer-keys.compliance.ts',
    'edge/testing/peer.ts',
    'edge/examples/register.py',
    'edge/README.md',
    'edge/src/.#main.ts',
    'edge/node_modules/x/index.js',
    'web/dist/app.js',
    'stack/sample/film.mp4',
    'docs/protocol.md',
    'package.json',
  ])('nothing that runs: %s', (path) => {
    expect(affectedBy(path)).toEqual([]);
  });
});

describe('the workspaces of this repository', () => {
  const workspaces = readWorkspaces(ROOT);
  const affected = createAffected(workspaces);

  it('make a file of the kernel concern every process, and one of a service only its own', () => {
    expect(affected('platform/kernel/src/index.ts')).toEqual(['hub', 'edge', 'matchmaker', 'peer']);
    expect(affected('edge/src/main.ts')).toEqual(['edge']);
    expect(affected('peer/src/main.ts')).toEqual(['peer']);
    expect(affected('matchmaker/src/main.ts')).toEqual(['matchmaker']);
    expect(affected('gateway/src/main.ts')).toEqual(['hub']);
    expect(affected('web/app/main.ts')).toEqual(['web']);
  });

  it('have the gateway in the hub, and every subgraph but identity, as at home everyone is let in', () => {
    const isInHub = /^subgraphs\/(?!identity$)|^gateway$/;
    for (const { folder } of workspaces.filter(({ folder }) => isInHub.test(folder)))
      expect(affected(`${folder}/src/index.ts`)).toEqual(['hub']);
  });

  it('are followed through their dependencies', () => {
    expect([...closure(workspaces, ['@giggityflix/catalog'])]).toContain('@giggityflix/kernel');
  });
});
