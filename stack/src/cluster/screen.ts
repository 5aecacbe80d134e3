import { relative } from 'node:path';
import { styleText } from 'node:util';
import type { Cluster } from './cluster.ts';
import { isService } from './topology.schema.ts';

/** What runs where, and how to sign in: one screen. */
export function clusterScreen(cluster: Cluster, seconds: number): string {
  const { topology, directory } = cluster;
  const link = cluster.setUpLink();
  const rows = topology.processes.map(({ kind, ...group }) => {
    const members = cluster.processes.filter((process) => process.kind === kind);
    const isBalanced = 'balanced' in group && group.balanced !== undefined;
    const own = members.map(({ name, pid }) => `${cluster.port(name)} (${pid})`).join('  ');
    return [kind, isBalanced ? cluster.url(kind) : '', own] as const;
  });
  const services = topology.processes.filter(isService).length;
  return [
    '',
    `  ${styleText(['bold', 'magenta'], 'Giggityflix')}: ${cluster.processes.length} processes of ${services} services and their engines are up after ${seconds.toFixed(0)} s.`,
    '',
    `  ${styleText('bold', 'Watch'.padEnd(11))} ${styleText('cyan', cluster.balancerUrl)}`,
    ...(link
      ? [
          `  ${styleText('bold', 'Sign in'.padEnd(11))} nobody has an account yet; who opens this becomes the owner:`,
          `  ${''.padEnd(11)} ${styleText('cyan', link)}`,
        ]
      : [`  ${styleText('bold', 'Sign in'.padEnd(11))} with the account that you made there`]),
    '',
    `  ${'process'.padEnd(11)} ${'through the balancer'.padEnd(24)} own port (pid) of each`,
    ...rows.map(
      ([kind, url, own]) =>
        `  ${styleText('bold', kind.padEnd(11))} ${styleText('cyan', url.padEnd(24))} ${own}`,
    ),
    '',
    `  Variables of each process: ${shown(directory)}/environment/NAME.env. Logs: ${shown(directory)}/logs/NAME.log.`,
    `  Films of peer-1: ${shown(directory)}/peer-1/films. The balancer's view: ${cluster.url('balancer')}`,
    '  What dies is started again. Ctrl-C stops everything.',
    '',
  ].join('\n');
}

function shown(path: string): string {
  const here = relative(process.cwd(), path);
  return here === '' || here.startsWith('..') ? path : here;
}
