import { relative } from 'node:path';
import { styleText } from 'node:util';
import type { StackConfig } from './environment.ts';
import { ROOT } from './paths.ts';

/** What a person sees once everything runs: what is where, and what to try. */
export function startScreen(config: StackConfig, startedInMs: number): string {
  const { ports } = config;
  const web = `http://localhost:${ports.gateway}`;
  const folder = config.mediaDirs.map((directory) => relative(process.cwd(), directory) || '.').join(', ');
  const rows: [string, string, string][] = [
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
  const lines = rows.map(
    ([name, where, what]) =>
      `  ${styleText('bold', name.padEnd(11))} ${styleText('cyan', where.padEnd(32))} ${styleText('dim', what)}`,
  );
  return [
    '',
    `  ${styleText(['bold', 'magenta'], 'Giggityflix')} is up after ${(startedInMs / 1_000).toFixed(1)} s. ${visitors(config)}`,
    '',
    ...lines,
    '',
    `  State is kept in ${relative(ROOT, config.dataDir) || config.dataDir}; npm start -- --fresh discards it. Ctrl-C stops everything.`,
    '',
  ].join('\n');
}

function visitors({ inherited }: StackConfig): string {
  return inherited.AUTH_MODE === 'jwt'
    ? 'Visitors sign in.'
    : 'Every visitor is the demo user with the operator role.';
}
