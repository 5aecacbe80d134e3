import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The variables of one process, as the operating system hands them over. */
export type RawEnvironment = Readonly<Record<string, string | undefined>>;

/** Thrown by {@link parseEnvironment}; `problems` names every offending variable, one line each. */
export class EnvironmentError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems.map((p) => `  ${p}`).join('\n')}`,
    );
    this.name = 'EnvironmentError';
    this.problems = problems;
  }
}

/** Largest file that holds a secret, in bytes. */
const MAX_SECRET_FILE_BYTES = 65_536;

/**
 * Parses a flat object schema (one key per variable) against the environment.
 *
 * A variable set to the empty string is a problem, not a default, unless its schema is marked with
 * {@link emptyAllowed}: a blank value is nearly always a template that was not filled in. The value of one marked with
 * {@link secret} may also be the content of a file, without its last line break: the one `<NAME>_FILE` names, or the
 * credential of that name which systemd hands over (`$CREDENTIALS_DIRECTORY/<NAME>`).
 *
 * @throws EnvironmentError naming every problem at once; values of secrets are never repeated.
 */
export function parseEnvironment<S extends z.ZodRawShape>(
  schema: z.ZodObject<S>,
  env: RawEnvironment = process.env,
): z.output<z.ZodObject<S>> {
  const picked: Record<string, string> = {};
  const problems: string[] = [];
  for (const [name, field] of Object.entries(schema.shape)) {
    const { value, problem } = isSecret(field) ? secretOf(name, env) : { value: env[name] };
    if (problem !== undefined) problems.push(problem);
    if (value === undefined) continue;
    if (value.trim() === '' && !metaOf(field).emptyAllowed) {
      problems.push(`${name} is set but empty: give it a value, or unset it to use the default`);
      continue;
    }
    picked[name] = value;
  }
  const result = schema.safeParse(picked);
  if (!result.success) {
    for (const issue of result.error.issues) {
      const name = String(issue.path[0] ?? 'environment');
      if (problems.some((p) => p.startsWith(`${name} `))) continue;
      const shown =
        picked[name] === undefined || isSecret(schema.shape[name])
          ? ''
          : ` (got ${JSON.stringify(picked[name])})`;
      problems.push(
        `${name} ${picked[name] === undefined ? 'is missing' : 'is invalid'}: ${issue.message}${shown}`,
      );
    }
  }
  if (problems.length > 0) throw new EnvironmentError(problems);
  return result.data as z.output<z.ZodObject<S>>;
}

/** The value of a secret, from the one place that has it. */
function secretOf(name: string, env: RawEnvironment): { value?: string; problem?: string } {
  const credential = env.CREDENTIALS_DIRECTORY && join(env.CREDENTIALS_DIRECTORY, name);
  const places = [
    { named: name, is: env[name] !== undefined },
    { named: `${name}_FILE`, is: env[`${name}_FILE`] !== undefined, path: env[`${name}_FILE`] },
    { named: `the credential ${name}`, is: !!credential && existsSync(credential), path: credential },
  ].filter(({ is }) => is);
  const [place, another] = places;
  if (!place) return {};
  if (another) return { problem: `${place.named} and ${another.named} are both set: keep one of them` };
  if (place.path === undefined) return { value: env[name] };
  if (place.path.trim() === '')
    return { problem: `${place.named} is set but empty: give it a path, or unset it` };
  try {
    return { value: readSecretFile(place.path).replace(/\r?\n$/, '') };
  } catch (error) {
    return { problem: `${place.named} cannot be read: ${(error as Error).message}` };
  }
}

function readSecretFile(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = fstatSync(file);
    if (size > MAX_SECRET_FILE_BYTES) throw new Error(`it has more than ${MAX_SECRET_FILE_BYTES} bytes`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** What `read` makes of the environment; an {@link EnvironmentError} is printed and ends the process with status 1. */
export function readOrExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Ends a process that was given arguments, with status 2: it takes none, and what they ask for would not happen. */
export function refuseArguments(given: readonly string[] = process.argv.slice(2)): void {
  if (given.length === 0) return;
  process.stderr.write(
    `unexpected argument ${JSON.stringify(given[0])}: everything is set by variables, which docs/configuration.md lists\n`,
  );
  process.exit(2);
}

interface VariableMeta {
  description?: string;
  secret?: boolean;
  emptyAllowed?: boolean;
}

function metaOf(field: unknown): VariableMeta {
  return field instanceof z.ZodType ? ((field.meta() as VariableMeta | undefined) ?? {}) : {};
}

function isSecret(field: unknown): boolean {
  return metaOf(field).secret === true;
}

/** Marks a variable whose value must never be printed. Give its description before: `meta` replaces what is marked. */
export function secret<T extends z.ZodType>(schema: T): T {
  return schema.meta({ ...metaOf(schema), secret: true }) as T;
}

/** Marks a variable for which the empty string is a meaningful value (a password that is not set). */
export function emptyAllowed<T extends z.ZodType>(schema: T): T {
  return schema.meta({ ...metaOf(schema), emptyAllowed: true }) as T;
}

/** A file by its path, read when the environment is: gives its content. One that cannot be read is a problem. */
export function fileContent() {
  return z
    .string()
    .transform((path, context) => {
      try {
        return readFileSync(path);
      } catch (error) {
        context.addIssue({ code: 'custom', message: `cannot be read: ${(error as Error).message}` });
        return z.NEVER;
      }
    })
    .optional();
}

/** Text that `read` makes something of, blanks around it aside; null makes it a problem that says what was expected. */
function parsed<T>(defaultValue: string, expected: string, read: (text: string) => T | null) {
  return z
    .string()
    .default(defaultValue)
    .transform((text, context) => {
      const value = read(text.trim());
      if (value !== null) return value;
      context.addIssue({ code: 'custom', message: `expected ${expected}` });
      return z.NEVER;
    });
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map((text) => [text, true] as const),
  ...['false', '0', 'no', 'off'].map((text) => [text, false] as const),
]);

/** `true|1|yes|on` and `false|0|no|off`, in any case. */
export function flag(defaultValue: boolean) {
  return parsed(String(defaultValue), 'true or false', (text) => FLAGS.get(text.toLowerCase()) ?? null);
}

/** A whole number within bounds (inclusive). */
export function integer(defaultValue: number, bounds: { min?: number; max?: number } = {}) {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = bounds;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return parsed(String(defaultValue), `a whole number ${range}`, (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    return Number.isSafeInteger(value) && value >= min && value <= max ? value : null;
  });
}

/** A decimal number within bounds (inclusive). */
export function decimal(defaultValue: number, bounds: { min?: number; max?: number } = {}) {
  const { min = 0, max = Number.MAX_VALUE } = bounds;
  return parsed(String(defaultValue), `a number from ${min} to ${max}`, (text) => {
    const value = text === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) && value >= min && value <= max ? value : null;
  });
}

/** A TCP or UDP port; 0 asks the system for a free one. */
export function port(defaultValue: number) {
  return integer(defaultValue, { min: 0, max: 65_535 });
}

/** A comma-separated list; blanks around and between commas are dropped. */
export function list(defaultValue: string) {
  return z
    .string()
    .default(defaultValue)
    .transform((text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    );
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Parses a duration as Go's `time.ParseDuration` writes it (`300ms`, `1h30m`, `1.5h`) into milliseconds.
 * Returns null for anything else, negative durations included.
 */
export function parseGoDuration(text: string): number | null {
  const value = text.trim();
  if (value === '0') return 0;
  if (!/^(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/.test(value))
    return null;
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(amount) * UNIT_MS[unit as string]!;
  }
  return Number.isFinite(total) ? total : null;
}

/** A Go-style duration such as `30s` or `1h30m`; the parsed value is in milliseconds. */
export function duration(defaultValue: string, bounds: { minMs?: number } = {}) {
  const { minMs = 1 } = bounds;
  return parsed(defaultValue, `a duration such as 30s or 1h30m, at least ${minMs}ms`, (text) => {
    const value = parseGoDuration(text);
    return value !== null && value >= minMs ? value : null;
  });
}
