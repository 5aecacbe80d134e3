import { styleText } from 'node:util';

const COLOURS = {
  fatal: 'red',
  error: 'red',
  warn: 'yellow',
  info: 'green',
  debug: 'blue',
  trace: 'gray',
} as const;
const HIDDEN = new Set(['level', 'time', 'pid', 'service', 'msg', 'hostname', 'err', 'reqId']);
/** Longest line shown, in characters, before the rest is cut. */
const MAX_LINE_LENGTH = 400;

/**
 * Turns a JSON log line of a process into one a person reads; anything else is shown as it is. Not with pino-pretty, which
 * passes the escape codes in a message on to the terminal.
 */
export function formatLogLine(process: string, line: string): string {
  const record = parseRecord(line);
  const name = styleText('cyan', process.padEnd(10));
  if (!record) return `${timeOf(new Date())} ${name} ${clip(printable(line))}`;
  const level = String(record.level ?? 'info');
  const colour = COLOURS[level as keyof typeof COLOURS] ?? 'white';
  const service = typeof record.service === 'string' ? record.service : process;
  const fields = Object.entries(record)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const failure = (record.err as { message?: string } | undefined)?.message;
  if (failure) fields.push(failure);
  const text =
    `${clip(printable(String(record.msg ?? '')))} ${styleText('dim', clip(printable(fields.join(' '))))}`.trimEnd();
  return `${timeOf(new Date(String(record.time)))} ${styleText('cyan', service.padEnd(10))} ${styleText(colour, level.padEnd(5))} ${text}`;
}

function parseRecord(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function timeOf(date: Date): string {
  return styleText('dim', (Number.isNaN(date.getTime()) ? new Date() : date).toTimeString().slice(0, 8));
}

/** File names may hold line breaks and escape codes; a line on someone's terminal must not. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

function clip(text: string): string {
  return text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH)}…` : text;
}
