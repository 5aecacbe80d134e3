import type { Logger } from '@giggityflix/kernel';
import type { Consumer as KafkaConsumer } from 'kafkajs';
import { pause } from '../pause.ts';
import { withTimeout } from './client.ts';
import type { ConsumerState } from './consumption.ts';
import { untilSettled } from './transient.ts';

const REENTER_MS = 1_000;

/** Consumption that lasts longer than any one kafkajs consumer. */
export interface Supervised {
  /** Resolves once this process would receive records; rejects when it cannot begin. */
  enter(): Promise<void>;
  /** The current consumer. @throws Error before `enter`. */
  consumer(): KafkaConsumer;
  leave(): Promise<void>;
}

export interface SupervisorOptions {
  /** Names what is consumed in logs. */
  name: string;
  /** Makes the next consumer; `stopping` aborts when none is wanted any more. */
  create(stopping: AbortSignal): Promise<KafkaConsumer>;
  /** Connects, subscribes and runs it. */
  run(consumer: KafkaConsumer): Promise<void>;
  /** Called before a new consumer takes the place of one that failed. */
  renewed(): void;
  /** Is kept up to date with whether records arrive. */
  state: ConsumerState;
  /** How long after a failure the next consumer is started, in milliseconds. */
  reenterMs?: number;
  logger: Logger;
}

/**
 * Keeps a process consuming. kafkajs recovers from most failures by itself and stops for good at others (an unknown
 * coordinator, for one), which it reports by an event alone: a new consumer then replaces the stopped one, again and
 * again until one runs.
 */
export function superviseConsumer(options: SupervisorOptions): Supervised {
  const { name, state, logger, reenterMs = REENTER_MS } = options;
  const stopping = new AbortController();
  let current: KafkaConsumer | null = null;
  let renewing: Promise<void> = Promise.resolve();
  /** When the present outage began, in milliseconds since 1970. */
  let failedAt: number | null = null;

  const receives = () => {
    state.consuming(true);
    if (failedAt !== null)
      logger.info({ consumer: name, after_ms: Date.now() - failedAt }, 'a consumer receives records again');
    failedAt = null;
  };
  /** One line for each outage: what is tried meanwhile fails in many ways, several times a second. */
  const fails = (error: unknown) => {
    state.consuming(false);
    const line = { err: error, consumer: name };
    if (failedAt === null) logger.warn(line, 'a consumer failed, joining the group again');
    else logger.debug(line, 'a consumer failed again');
    failedAt ??= Date.now();
  };

  const enter = async (): Promise<void> => {
    const consumer = await options.create(stopping.signal);
    const failed = new Promise<never>((_, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (consumer === current && !stopping.signal.aborted) fails(payload.error);
        if (!payload.restart) reject(payload.error);
      });
    });
    consumer.on(consumer.events.GROUP_JOIN, () => {
      if (consumer === current) receives();
    });
    for (const event of [consumer.events.FETCH, consumer.events.HEARTBEAT])
      consumer.on(event, () => {
        if (consumer === current) state.heard();
      });
    current = consumer;
    try {
      await Promise.race([options.run(consumer), failed]);
    } catch (error) {
      await withTimeout(consumer.disconnect(), 'leaving the group').catch(() => {});
      throw error;
    }
    // `leave` had no consumer to disconnect if it was called meanwhile.
    if (stopping.signal.aborted) await consumer.disconnect();
    failed.catch((error: unknown) => {
      renewing = renew(error);
    });
  };

  const renew = async (error: unknown): Promise<void> => {
    for (let cause = error; !stopping.signal.aborted; ) {
      fails(cause);
      if (!(await pause(reenterMs, stopping.signal))) return;
      try {
        options.renewed();
        return await enter();
      } catch (failure) {
        cause = failure;
      }
    }
  };

  return {
    async enter() {
      try {
        await untilSettled(enter);
      } catch (error) {
        state.ended();
        throw error;
      }
    },
    consumer() {
      if (!current) throw new Error(`${name} was not entered yet`);
      return current;
    },
    async leave() {
      stopping.abort();
      state.ended();
      await current?.disconnect();
      await renewing;
    },
  };
}
