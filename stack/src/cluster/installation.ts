import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, isFreePort } from '@giggityflix/kernel/free-ports';
import { createPrivateDirectory, writePrivateFile } from '@giggityflix/state/private-file';
import { ensureAuthority } from '../certificates/authority.ts';
import { readPair, writePair } from '../certificates/stored.ts';
import { isService, type ProcessGroup, type ProcessKind, type Topology } from './topology.schema.ts';

/** One process of an installation. */
export interface Member {
  readonly name: string;
  readonly kind: ProcessKind;
  readonly group: ProcessGroup;
  /** Of its own, by the names that the topology gives them. */
  readonly ports: Readonly<Record<string, number>>;
  /** What it keeps. */
  readonly folder: string;
}

/** What an installation has in its folder, besides what its processes keep: the same at each start. */
export interface Installation {
  readonly directory: string;
  readonly topology: Topology;
  readonly members: readonly Member[];
  /** Kind → the port at which the balancer answers for it. */
  readonly frontends: Readonly<Record<string, number>>;
  of(kind: ProcessKind): readonly Member[];
  secretPath(name: string): string;
  secret(name: string): string;
  filePath(name: string): string;
  logPath(name: string): string;
}

const SECRETS = ['service_token', 'network_name_secret', 'turn_secret', 'postgres_password'] as const;

interface Options {
  topology: Topology;
  directory: string;
  small: boolean;
  /** Whether the balancer answers at the documented ports, where they are free. */
  documentedPorts?: boolean;
}

/** Makes what is missing: ports, secrets, certificates, folders. */
export async function prepareInstallation(options: Options): Promise<Installation> {
  const { directory, topology, small } = options;
  createPrivateDirectory(directory);
  // PostgreSQL refuses to run as root, and its own user has to come by.
  if (process.getuid?.() === 0) chmodSync(directory, 0o711);
  const ports = await keptPorts(options);
  const members = topology.processes.flatMap((group) =>
    namesOf(group, small).map((name): Member => {
      const own = Object.keys(group.ports).map((port) => [port, ports[`${name}/${port}`]!]);
      const folder = join(directory, name);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return { name, kind: group.kind, group, ports: Object.fromEntries(own), folder };
    }),
  );
  const frontends = Object.fromEntries(balancedKinds(topology).map(({ kind }) => [kind, ports[kind]!]));
  const secretPath = (name: string) => join(directory, 'secrets', name);
  const filePath = (name: string) => join(directory, 'tls', `${name}.pem`);
  const secret = (name: string) => readFileSync(secretPath(name), 'utf8').trim();
  for (const name of SECRETS) keepSecret(secretPath(name), () => randomBytes(32).toString('hex'));
  const database = members.find(({ kind }) => kind === 'postgres')?.ports.database;
  for (const name of Object.keys(topology.databases)) {
    keepSecret(secretPath(`${name}_password`), () => randomBytes(32).toString('hex'));
    const url = `postgresql://${name}:${secret(`${name}_password`)}@127.0.0.1:${database}/${name}`;
    writePrivateFile(secretPath(urlSecretOf(name)), `${url}\n`);
  }
  await keepCertificates(filePath);
  mkdirSync(join(directory, 'logs'), { recursive: true, mode: 0o700 });
  return {
    directory,
    topology,
    members,
    frontends,
    of: (kind) => members.filter((member) => member.kind === kind),
    secretPath,
    secret,
    filePath,
    logPath: (name) => join(directory, 'logs', `${name}.log`),
  };
}

/** The secret that holds the URL of a database: `database_url`, and for others than the first with what they are for. */
export function urlSecretOf(database: string): string {
  const [, purpose] = /^giggityflix_(\w+)$/.exec(database) ?? [];
  return purpose ? `${purpose}_database_url` : 'database_url';
}

export function namesOf({ kind, replicas, smallReplicas }: ProcessGroup, small: boolean): string[] {
  if (replicas === 1) return [kind];
  const count = (small && smallReplicas) || replicas;
  return Array.from({ length: count }, (_, index) => `${kind}-${index + 1}`);
}

function balancedKinds(topology: Topology) {
  return topology.processes.filter(isService).filter(({ balanced }) => balanced !== undefined);
}

/** Chosen once: brokers, clusters, and the addresses by which people sign in outlive a restart. */
async function keptPorts({ topology, directory, small, documentedPorts }: Options) {
  const path = join(directory, 'ports.json');
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>) : {};
  const wanted = topology.processes.flatMap((group) =>
    namesOf(group, small).flatMap((name) => Object.keys(group.ports).map((port) => `${name}/${port}`)),
  );
  const documented = new Map(
    balancedKinds(topology).map(({ kind, ports, balanced }) => [kind as string, ports[balanced!]!]),
  );
  const missing = [...wanted, ...documented.keys()].filter((name) => kept[name] === undefined);
  const free = await freePorts(missing.length);
  for (const [index, name] of missing.entries()) {
    const usual = documentedPorts ? documented.get(name) : undefined;
    kept[name] = usual !== undefined && (await isFreePort(usual)) ? usual : free[index]!;
  }
  writeFileSync(path, `${JSON.stringify(kept, null, 2)}\n`);
  return kept;
}

function keepSecret(path: string, make: () => string): void {
  if (!existsSync(path)) writePrivateFile(path, `${make()}\n`);
}

/** The edges' certificate, and the authority that peers know it by. */
async function keepCertificates(filePath: (name: string) => string): Promise<void> {
  const edge = { certPath: filePath('edge_cert'), keyPath: filePath('edge_key') };
  if (readPair(edge) && Date.parse(readPair(edge)!.leaf.validTo) > Date.now() + 86_400_000) return;
  const authority = { certPath: filePath('edge_ca'), keyPath: filePath('edge_ca_key') };
  writePair(edge, await (await ensureAuthority(authority, [])).issue(['localhost', '127.0.0.1']));
}
