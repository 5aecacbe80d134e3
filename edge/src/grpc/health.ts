import { createRequire } from 'node:module';
import type { Server } from '@grpc/grpc-js';
import type { HealthImplementation, ServingStatusMap } from 'grpc-health-check';
import { addLazyService } from './lazy-service.ts';

const METHODS = [
  { path: '/grpc.health.v1.Health/Check', requestStream: false, responseStream: false },
  { path: '/grpc.health.v1.Health/List', requestStream: false, responseStream: false },
  { path: '/grpc.health.v1.Health/Watch', requestStream: false, responseStream: true },
];

/**
 * Health checks (`grpc.health.v1`) of the named services. Their library, and protobufjs below it, take 3 MB, and are
 * loaded with the first check.
 */
export function addHealth(server: Server, services: readonly string[]) {
  const statuses: ServingStatusMap = Object.fromEntries(services.map((name) => [name, 'NOT_SERVING']));
  let health: HealthImplementation | undefined;
  addLazyService(server, METHODS, () => {
    const library = createRequire(import.meta.url)('grpc-health-check') as typeof import('grpc-health-check');
    health = new library.HealthImplementation(statuses);
    return health;
  });
  return {
    set(serving: boolean): void {
      for (const name of services) {
        statuses[name] = serving ? 'SERVING' : 'NOT_SERVING';
        health?.setStatus(name, statuses[name]);
      }
    },
  };
}
