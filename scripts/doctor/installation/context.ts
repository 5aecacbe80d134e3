import { z } from 'zod';
import {
  emptyAllowed,
  parseEnvironment,
  type RawEnvironment,
  secret,
} from '../../../platform/kernel/src/index.ts';
import { installationOf, readEnvironments, type Installation as Stores } from '../../backup/environments.ts';

/** What the checks of an installation look at. */
export interface Installation {
  /** Variables of each service, by the name of its environment file. */
  environments: ReadonlyMap<string, RawEnvironment>;
  stores: Stores;
  /** Where people watch: the balancer; null where it was not named. */
  url: URL | null;
  /** Base URLs of processes by name. */
  services: ReadonlyMap<string, string>;
  /** `host:port` at which peers reach the edges. */
  edges: readonly string[];
}

export interface InstallationFlags {
  url?: string | undefined;
  'env-file'?: readonly string[] | undefined;
  service?: readonly string[] | undefined;
  edge?: readonly string[] | undefined;
}

/** @throws Error for a file that cannot be read, or a variable that means nothing. */
export function readInstalled(env: RawEnvironment, flags: InstallationFlags): Installation {
  const files = flags['env-file'] ?? [];
  const read = readEnvironments(files, env);
  const environments = new Map(read);
  const services = new Map<string, string>();
  for (const { SUBGRAPHS } of environments.values())
    for (const [name, url] of pairs(SUBGRAPHS?.split(',') ?? [])) services.set(name, new URL(url).origin);
  for (const [name, url] of pairs(flags.service ?? [])) services.set(name, new URL(url).origin);
  const installation = { environments, stores: installationOf(read, files), services };
  return {
    ...installation,
    url: flags.url === undefined ? null : new URL(flags.url),
    edges: flags.edge ?? listed(installation, 'INVITATION_EDGES'),
  };
}

/** The items of a comma-separated variable in any of the environments, each once. */
export function listed({ environments }: Pick<Installation, 'environments'>, name: string): string[] {
  const items = [...environments.values()].flatMap((environment) => environment[name]?.split(',') ?? []);
  return [...new Set(items.map((item) => item.trim()).filter((item) => item !== ''))];
}

/** The value of a secret, in the first environment that has it. */
export function firstValueOf(
  { environments }: Pick<Installation, 'environments'>,
  name: string,
): string | null {
  const schema = z.object({ [name]: emptyAllowed(secret(z.string().optional())) });
  for (const environment of environments.values()) {
    const value = parseEnvironment(schema, environment)[name];
    if (value) return value;
  }
  return null;
}

function pairs(items: readonly string[]): [string, string][] {
  return items.map((item) => {
    const at = item.indexOf('=');
    if (at < 1 || !URL.canParse(item.slice(at + 1))) throw new Error(`${item} is not NAME=URL`);
    return [item.slice(0, at), item.slice(at + 1)];
  });
}
