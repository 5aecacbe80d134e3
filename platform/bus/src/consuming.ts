import type { Part, Readiness } from '@giggityflix/kernel';
import type { Bus } from './bus.ts';

/** A part of a service that is ready as its bus is, which the service neither starts nor stops. */
export function consumingFrom(bus: Pick<Bus, 'ready'>): Part {
  return { async start() {}, async stop() {}, ready: () => bus.ready() };
}

/** What a part lacks of which a service serves all the same, as the bus while a consumer receives no records. */
export async function alsoUnavailable(part: {
  ready(): Readiness | Promise<Readiness>;
}): Promise<readonly string[]> {
  const readiness: Readiness = await part.ready();
  return readiness.ready ? (readiness.unavailable ?? []) : [readiness.reason];
}
