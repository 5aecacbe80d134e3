/**
 * The import rules of the project. A workspace imports only the workspaces its row names, by package name; drivers of
 * outside systems stay in their adapters; the folders of a service do not import each other in circles.
 */
const PLATFORM = ['kernel', 'telemetry', 'state', 'bus', 'http', 'graphql'];
const SERVICE = [...PLATFORM.map((name) => `platform/${name}`), 'proto', 'prisma'];

/** Workspace → the workspaces its `src` may import. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'platform/kernel': [],
  'platform/subtitles': [],
  'platform/telemetry': ['platform/kernel'],
  'platform/state': ['platform/kernel', 'platform/telemetry'],
  'platform/bus': ['platform/kernel', 'platform/telemetry', 'platform/state', 'proto'],
  'platform/http': ['platform/kernel', 'platform/telemetry'],
  'platform/graphql': ['platform/kernel', 'platform/telemetry', 'platform/http', 'platform/bus'],
  proto: [],
  prisma: ['platform/kernel', 'platform/state'],
  player: ['proto'],
  web: ['proto', 'player', 'platform/subtitles'],
  'subgraphs/catalog': SERVICE,
  'subgraphs/tracker': SERVICE,
  'subgraphs/viewing': SERVICE,
  'subgraphs/identity': SERVICE,
  gateway: SERVICE,
  edge: SERVICE,
  peer: [...SERVICE, 'platform/subtitles'],
  matchmaker: SERVICE,
};
const WORKSPACES = [...Object.keys(ALLOWED), 'platform/testing', 'stack', 'tests', 'bench', 'scripts'];

/** What may be imported by anything that is no part of a running system. */
const TEST_CODE = String.raw`\.(test|compliance)\.tsx?$|/(testing|compliance|examples)/|^(tests|bench|scripts)/`;

const boundary = Object.entries(ALLOWED).map(([workspace, allowed]) => ({
  name: `${workspace.replace('/', '-')}-imports`,
  comment: `${workspace} imports ${allowed.length > 0 ? allowed.join(', ') : 'no other workspace'}`,
  severity: 'error',
  from: { path: `^${workspace}/`, pathNot: TEST_CODE },
  to: {
    path: WORKSPACES.filter((name) => name !== workspace && !allowed.includes(name)).map(
      (name) => `^${name}/`,
    ),
  },
}));

/** Package → the files that may import it; others know a port. */
const DRIVERS: Readonly<Record<string, string>> = {
  kafkajs: String.raw`^platform/bus/src/(bus\.kafka|kafka/)`,
  ioredis: 'redis',
  'better-sqlite3': '^platform/state/|embedded|^peer/src/|^prisma/',
};

const options = {
  parser: 'swc',
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
  exclude: { path: '/(generated|dist)/' },
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['import', 'node', 'default', 'types'],
    extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
  },
  moduleSystems: ['es6', 'cjs'],
};

/** Over all code, tests included. */
export const files = {
  options,
  forbidden: [
    ...boundary,
    {
      name: 'services-meet-outside',
      comment:
        'a service never imports another one, its tests included: they meet through GraphQL, events, gRPC, UDP',
      severity: 'error',
      from: { path: '^(subgraphs/[^/]+|gateway|edge|peer|matchmaker)/' },
      to: { path: '^(subgraphs/[^/]+|gateway|edge|peer|matchmaker)/', pathNot: '^$1/' },
    },
    {
      name: 'no-deep-imports',
      comment:
        'another workspace is imported by the entry points its package.json exports, never by a path into it',
      severity: 'error',
      from: { path: '^((?:platform|subgraphs)/[^/]+|[^/]+)/', pathNot: '^(tests|bench|scripts)/' },
      to: { dependencyTypes: ['local'], path: '^((?:platform|subgraphs)/[^/]+|[^/]+)/', pathNot: '^$1/' },
    },
    {
      name: 'player-is-portable',
      comment: 'the player runs in a page too: what only Node.js has is in player/src/node',
      severity: 'error',
      from: { path: '^player/src/', pathNot: `${TEST_CODE}|^player/src/node/` },
      to: { path: '^node:|^player/src/node/|node_modules/node-datachannel/' },
    },
    {
      name: 'player-imports-no-builtins',
      comment: 'the player runs in a page too: what only Node.js has is in player/src/node',
      severity: 'error',
      from: { path: '^player/src/', pathNot: `${TEST_CODE}|^player/src/node/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-support-in-production',
      comment: 'code that runs never imports test support',
      severity: 'error',
      from: { path: '/(src|app|sw)/', pathNot: `${TEST_CODE}|^platform/testing/` },
      to: { path: `${TEST_CODE}|^platform/testing/` },
    },
    ...Object.entries(DRIVERS).map(([driver, adapters]) => ({
      name: `${driver}-in-adapters`,
      comment: `${driver} belongs in an adapter; domain files know a port`,
      severity: 'error',
      from: { path: '/src/', pathNot: `${TEST_CODE}|^platform/testing/|${adapters}` },
      to: { path: `node_modules/${driver}/` },
    })),
    {
      name: 'no-circular',
      comment: 'files import each other one way only',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
};

/** Over what runs: tests import the whole service they test. */
export const folders = {
  options: { ...options, exclude: { path: `/(generated|dist)/|${TEST_CODE}` } },
  forbidden: [
    {
      name: 'no-circular-folders',
      comment: 'a folder of a service imports downwards only: no two of them import each other',
      severity: 'error',
      scope: 'folder',
      from: { path: '/src/' },
      to: { circular: true },
    },
  ],
};
