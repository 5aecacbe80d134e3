import { afterAll, beforeAll } from 'vitest';
import type { GatewayConfig } from '../src/environment.ts';
import type { Gateway } from '../src/service.ts';
import { type Films, startFilms } from './films.ts';
import { startGateway, testConfig } from './gateway.ts';

/** A gateway over three small subgraphs for the tests of a file or a block; there once its tests run. */
export function serveFilms(changes: Partial<GatewayConfig> = {}): {
  readonly films: Films;
  readonly gateway: Gateway;
} {
  let films: Films | undefined;
  let gateway: Gateway | undefined;
  beforeAll(async () => {
    films = await startFilms();
    gateway = await startGateway(testConfig(films.addresses, changes));
  });
  afterAll(async () => {
    await gateway?.stop();
    await films?.stop();
  });
  return {
    get films() {
      return films!;
    },
    get gateway() {
      return gateway!;
    },
  };
}
