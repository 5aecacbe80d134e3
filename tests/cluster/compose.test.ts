import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@giggityflix/testing';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { topology } from '../../stack/src/cluster/index.ts';
import { isService } from '../../stack/src/cluster/topology.schema.ts';

interface ComposeService {
  command?: string[];
  environment?: Record<string, string>;
}

const { services: composed } = parse(readFileSync(join(ROOT, 'deploy/compose.yaml'), 'utf8'), {
  merge: true,
}) as { services: Record<string, ComposeService> };

/** Peers are at home, and an operator has a relay elsewhere or none. */
const services = topology.processes.filter(isService).filter(({ kind }) => kind !== 'peer');

/** What compose has otherwise: one Redis, a password in place of a URL, and what the operator adds. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  REDIS_CLUSTER_NODES: ['REDIS_HOST'],
  DATABASE_URL_FILE: [
    'POSTGRES_ENABLED',
    'POSTGRES_HOST',
    'POSTGRES_USER',
    'POSTGRES_PASSWORD_FILE',
    'POSTGRES_DB',
  ],
};
/** Of a relay, a sign-in and an enrolment that compose leaves to its operator. */
const OPTIONAL = new Set([
  'STUN_SERVERS',
  'TURN_SERVERS',
  'TURN_SECRET_FILE',
  'SIGN_IN_CLIENT_ID',
  'INVITATION_EDGES',
  'INVITATION_CA_PATH',
]);

describe('deploy/compose.yaml, compared with the topology', () => {
  it.each(services)(
    'runs $kind, and says to it what an installation has to',
    ({ kind, script, variables }) => {
      const { command, environment = {} } = composed[kind]!;
      expect(command).toEqual([script]);
      const said = new Set(Object.keys(environment));
      const unsaid = Object.keys(variables).filter(
        (name) =>
          !said.has(name) && !OPTIONAL.has(name) && !OTHERWISE[name]?.every((other) => said.has(other)),
      );
      expect(unsaid).toEqual([]);
    },
  );

  it('runs the engines that services need', () => {
    const needed = new Set(services.flatMap(({ needs }) => needs));
    expect([...needed].filter((kind) => !composed[kind])).toEqual([]);
  });
});
