import { join } from 'node:path';
import { webRoot } from '@giggityflix/web';
import { ROOT } from '../paths.ts';
import type { Installation, Member } from './installation.ts';
import { isService, type ServiceGroup } from './topology.schema.ts';

const LOOPBACK = '127.0.0.1';

/** What a process is told in this installation. */
export function variablesOf(member: Member, installation: Installation): Record<string, string> {
  const { group } = member;
  if (!isService(group)) return {};
  const all = { ...group.variables, ...group.onOneMachine };
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, fillIn(value, places(member, installation))]),
  );
}

/** Where things are; `{kind:argument}` in a value of the topology is looked up here. */
export type Places = Readonly<Record<string, (argument: string) => string>>;

/** @throws Error naming a placeholder that nothing fills in. */
export function fillIn(value: string, places: Places): string {
  return value.replace(/\{(\w+)(?::([\w-]+))?\}/g, (all, kind: string, argument = '') => {
    const place = places[kind];
    if (!place) throw new Error(`nothing is known of ${all}`);
    return place(argument);
  });
}

function places(member: Member, installation: Installation): Places {
  const { frontends, filePath, secretPath } = installation;
  const frontend = (kind: string) => known(frontends[kind], `a port of the balancer for ${kind}`);
  const first = (kind: string, port: string) =>
    known(installation.of(kind as Member['kind'])[0]?.ports[port], `a port ${port} of ${kind}`);
  return {
    root: () => ROOT,
    web: () => webRoot,
    name: () => member.name,
    port: (name) => String(known(member.ports[name], `a port ${name} of ${member.name}`)),
    folder: (name) => join(member.folder, name),
    secret: secretPath,
    file: filePath,
    url: (kind) => `http://${LOOPBACK}:${frontend(kind)}`,
    // By name, as passkeys belong to names.
    public: (kind) => `http://localhost:${frontend(kind)}`,
    pages: (kind) => pagesOf(kind as Member['kind'], installation).join(','),
    nodes: (kind) =>
      installation
        .of(kind as Member['kind'])
        .map(({ ports }) => `${LOOPBACK}:${Object.values(ports)[0]}`)
        .join(','),
    stun: (kind) => `stun:${LOOPBACK}:${first(kind, 'udp')}`,
    turn: (kind) => `turn:${LOOPBACK}:${first(kind, 'turn')}`,
  };
}

/** Under which the page is opened here: the balancer's addresses, and those of each gateway. */
function pagesOf(kind: Member['kind'], { frontends, of }: Installation): string[] {
  const ports = [frontends[kind], ...of(kind).map(({ group, ports }) => ports[balancedPort(group)])];
  return ports.flatMap((port) => ['localhost', LOOPBACK].map((host) => `http://${host}:${port}/`));
}

export function balancedPort(group: Member['group']): string {
  return known((group as ServiceGroup).balanced, `a balanced port of ${group.kind}`);
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the topology has not ${what}`);
  return value;
}
