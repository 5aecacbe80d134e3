import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { z } from 'zod';
import { logOutput } from './log-output.ts';
import { currentTraceparent } from './trace.ts';

export type { Logger } from 'pino';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The variable of every process that logs. */
export const logVariables = {
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').meta({ description: 'Least severe level that is logged' }),
};

/** Paths whose values never reach a log line, wherever they stand in a logged object. */
const REDACTED = [
  'authorization',
  'password',
  'secret',
  'token',
  'playback_token',
  'playbackToken',
  'credential',
];

/**
 * A JSON logger on standard output, one line an event, timestamps in ISO 8601.
 * `service` is on every line, and `trace_id` on those of a trace; secrets at the first two levels of an object are replaced.
 */
export function createLogger(options: {
  service: string;
  level?: LogLevel;
  destination?: DestinationStream;
}): Logger {
  const settings = {
    level: options.level ?? 'info',
    base: { service: options.service, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: traceOfLine,
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  };
  const logger: Logger = pino(
    settings,
    options.destination ??
      logOutput((lines) => logger.warn({ lines }, 'lines of the log were dropped, as nobody read them')),
  );
  return logger;
}

function traceOfLine(): { trace_id?: string } {
  const traceparent = currentTraceparent();
  return traceparent === undefined ? {} : { trace_id: traceparent.slice(3, 35) };
}
