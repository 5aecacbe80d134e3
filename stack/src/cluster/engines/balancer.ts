import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Installation, Member } from '../installation.ts';
import { answers } from '../probes.ts';
import type { Launch } from '../process.ts';
import { isService } from '../topology.schema.ts';
import { required } from './required.ts';

/** HAProxy: one address for each kind that is balanced, whose processes it asks for `/ready`. */
export function balancer(
  { name, kind, folder, ports }: Member,
  installation: Installation,
): Omit<Launch, 'logPath'> {
  const path = join(folder, 'haproxy.cfg');
  return {
    name,
    kind,
    folder,
    command: required('haproxy'),
    arguments: ['-db', '-f', path],
    environment: {},
    stopSignal: 'SIGTERM',
    prepare: () => writeFile(path, balancerSettings(installation, ports.status!)),
    probe: () => answers(ports.status!, '/health'),
  };
}

function balancerSettings({ topology, frontends, of }: Installation, status: number): string {
  const sections = topology.processes
    .filter(isService)
    .flatMap(({ kind, balanced }) => (balanced ? [{ kind, balanced }] : []))
    .map(({ kind, balanced }) => {
      const servers = of(kind).map(
        (member) => `    server ${member.name} 127.0.0.1:${member.ports[balanced]}`,
      );
      return `
listen ${kind}
    bind 127.0.0.1:${frontends[kind]}
${servers.join('\n')}
`;
    });
  return `${COMMON}
frontend status
    bind 127.0.0.1:${status}
    monitor-uri /health
    stats enable
    stats uri /
    stats refresh 5s
${sections.join('')}`;
}

const COMMON = `global
    log stdout format raw local0 notice
    maxconn 4000

defaults
    mode http
    log global
    option forwardfor
    balance leastconn
    timeout connect 2s
    timeout client 75s
    timeout server 75s
    # WebSockets, which both sides ping.
    timeout tunnel 1h
    timeout http-keep-alive 60s
    # A connection to a process that is gone is tried at another one, at once.
    retries 3
    option redispatch 1
    option httpchk GET /ready
    default-server check inter 1s fall 2 rise 1 observe layer4 error-limit 2 on-error mark-down on-marked-down shutdown-sessions
`;
