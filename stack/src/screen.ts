import { relative } from 'node:path';
import { styleText } from 'node:util';
import type { StackConfig } from './environment.ts';
import { authorityFingerprint, certificateNames, publicOrigin } from './https.ts';
import { LAN_NAME } from './lan.ts';
import { ROOT } from './paths.ts';

/** What a person sees once everything runs: what is where, and what to try. */
export function startScreen(
  config: StackConfig,
  { startedInMs, setUpLink = null }: { startedInMs: number; setUpLink?: string | null },
): string {
  const { ports, lan } = config;
  const web = `http://localhost:${ports.gateway}`;
  const folder = config.mediaDirs.map((directory) => relative(process.cwd(), directory) || '.').join(', ');
  const rows: Row[] = [
    ['Watch', web, 'films with live availability, and the player'],
    ['Explore', `${web}/graphiql`, 'the GraphQL API, with examples to run'],
    ['API', `${web}/graphql`, 'GraphQL over HTTP, graphql-ws and SSE'],
    ['Share', `${folder}/`, 'put a film in, and it appears'],
    ['Peer', `http://localhost:${ports.peerHttp}`, 'what the sample peer shares and serves'],
    ['Viewing', `http://localhost:${ports.viewing}`, 'REST: /api/playback/…, /openapi.json'],
    ['Tracker', `http://localhost:${ports.tracker}`, 'REST: /peers, /add, /all_trackers'],
    ['Edge', `localhost:${ports.edge}`, 'gRPC for peers (plain text on loopback; TLS elsewhere)'],
    ['Matchmaker', `localhost:${ports.matchmaker}/udp`, 'rendezvous and STUN'],
  ];
  const lines = rows.map(formatRow);
  return [
    '',
    `  ${styleText(['bold', 'magenta'], 'Giggityflix')} is up after ${(startedInMs / 1_000).toFixed(1)} s. ${visitors(config)}`,
    '',
    ...lines,
    '',
    ...(lan ? sharedLines(config, lan.addresses) : ownLines(config)),
    ...(setUpLink ? setUpLines(setUpLink) : []),
    `  State is kept in ${relative(ROOT, config.dataDir) || config.dataDir}; npm start -- --fresh discards it. Ctrl-C stops everything.`,
    '',
  ].join('\n');
}

/** Who takes HOST for the way to share it learns that it is not. */
function ownLines({ inherited }: StackConfig): string[] {
  const ignored = inherited.HOST ? ', whatever HOST says' : '';
  return [
    `  All of it is reached on this machine alone${ignored}; npm start -- --lan shares it with your network, where people sign in.`,
    '',
  ];
}

type Row = [name: string, where: string, what: string];

function formatRow([name, where, what]: Row): string {
  return `  ${styleText('bold', name.padEnd(11))} ${styleText('cyan', where.padEnd(32))} ${styleText('dim', what)}`;
}

/** The address that is shown as a QR code. */
export function sharedUrl(config: StackConfig): string | null {
  const { lan, https, ports } = config;
  if (!lan) return null;
  if (https?.kind === 'home') return authorityUrl(config);
  const world = publicOrigin(config);
  if (world) return world;
  const [name = lan.addresses[0]] = certificateNames(https);
  return `${https ? 'https' : 'http'}://${name}:${ports.gateway}`;
}

/** Over plain HTTP: a device that comes here trusts the certificate only afterwards. */
function authorityUrl({ lan, ports }: StackConfig): string {
  return `http://${lan?.addresses[0] ?? 'localhost'}:${ports.gateway}/authority`;
}

/** What others reach, and who they are; whatever is not listed here is reached on this machine alone. */
function sharedLines(config: StackConfig, addresses: readonly string[]): string[] {
  const { ports, identityUrl, https } = config;
  const [first] = addresses;
  const fingerprint = authorityFingerprint(config);
  const scheme = https ? 'https' : 'http';
  const names = new Set([...certificateNames(https), LAN_NAME, ...addresses]);
  const world = publicOrigin(config);
  const at = [...names].map((name) => `${scheme}://${name}:${ports.gateway}`);
  const rows: Row[] = [
    ...(world && !at.includes(world)
      ? [['Watch', world, `the same, where the router leads it to port ${ports.gateway} here`] as Row]
      : []),
    ...at.map((url): Row => ['Watch', url, 'anyone in the network sees titles; who signs in watches']),
    ...(https?.kind === 'home'
      ? [['Trust', authorityUrl(config), 'each device, once: the certificate, and how to install it'] as Row]
      : []),
    ...(identityUrl
      ? [['Sign in', identityUrl, 'anyone in the network may try; who has an account gets in'] as Row]
      : []),
    [
      'Edge',
      `${first}:${ports.edge}`,
      `peers with an invitation; gRPC ${https ? 'over TLS' : 'in plain text'}`,
    ],
    ['Matchmaker', `${first}:${ports.matchmaker}/udp`, 'anyone in the network; rendezvous and STUN'],
  ];
  return [
    '  Shared with the network; everything else is reached on this machine alone:',
    '',
    ...rows.map(formatRow),
    '',
    ...(fingerprint ? [`  The certificate’s fingerprint: ${fingerprint}`, ''] : []),
  ];
}

/** Until there is an owner; whoever has the link becomes that. */
function setUpLines(link: string): string[] {
  return [
    `  ${styleText('bold', 'Nobody has an account yet.')} Open this once, within a day, to become the owner:`,
    '',
    `  ${styleText('cyan', link)}`,
    '',
  ];
}

function visitors({ inherited, lan }: StackConfig): string {
  return lan || inherited.AUTH_MODE === 'jwt'
    ? 'Visitors sign in.'
    : 'Every visitor is the demo user with the operator role.';
}
