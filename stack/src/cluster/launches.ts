import { join } from 'node:path';
import { ROOT } from '../paths.ts';
import { balancer } from './engines/balancer.ts';
import { coturn } from './engines/coturn.ts';
import { kafka } from './engines/kafka.ts';
import { postgres } from './engines/postgres.ts';
import { redis } from './engines/redis.ts';
import type { Installation, Member } from './installation.ts';
import { answers } from './probes.ts';
import type { Launch } from './process.ts';
import { type EngineKind, isService } from './topology.schema.ts';
import { variablesOf } from './variables.ts';

const ENGINES: Readonly<
  Record<EngineKind, (member: Member, installation: Installation) => Omit<Launch, 'logPath'>>
> = {
  kafka,
  redis,
  postgres,
  coturn,
  balancer,
};

/** How a process of the installation is run. */
export function launchOf(member: Member, installation: Installation): Launch {
  const logPath = installation.logPath(member.name);
  const { group } = member;
  const path = process.env.PATH ?? '';
  if (!isService(group)) {
    const launch = ENGINES[group.kind](member, installation);
    return { ...launch, logPath, environment: { PATH: path, ...launch.environment } };
  }
  return {
    name: member.name,
    kind: member.kind,
    command: process.execPath,
    arguments: [join(ROOT, group.script)],
    environment: {
      PATH: path,
      HOME: member.folder,
      // The processes of a kind run the same code, which is compiled once.
      NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/node'),
      ...variablesOf(member, installation),
    },
    folder: member.folder,
    logPath,
    probe: () => answers(member.ports[group.health]!, '/ready'),
  };
}
