/**
 * `npm run bench -- <suite>…` measures suites of bench/, prints their figures and writes them to
 * bench-results/<suite>.json. Without a suite it lists them. `--<name>=<number>` changes an option of the suites that
 * have it (their `options`), such as how many rounds they measure; `--<name>` alone is 1.
 */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { BenchRow } from '../bench/row.ts';

const root = join(import.meta.dirname, '..');
const NOT_SUITES = new Set(['row.ts']);

const available = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !NOT_SUITES.has(file))
  .map((file) => file.slice(0, -3))
  .sort();
const given = process.argv.slice(2);
const wanted = given.filter((argument) => !argument.startsWith('--'));
const unknown = wanted.filter((suite) => !available.includes(suite));
if (wanted.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`no such suite: ${unknown.join(', ')}`);
  console.error(`usage: npm run bench -- <suite>…   (suites: ${available.join(', ')})`);
  process.exit(2);
}

// What a suite started is ended as this process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

for (const suite of wanted) {
  const { default: run, options = {} } = (await import(join(root, 'bench', `${suite}.ts`))) as {
    default: (options: Options) => Promise<BenchRow[]>;
    options?: Options;
  };
  const chosen = { ...options, ...readOptions(suite, options) };
  const startedAt = new Date();
  const rows = await run(chosen);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node.js ${process.version}`;
  console.log(
    `\n${suite} on ${machine}, ${((Date.now() - startedAt.getTime()) / 1_000).toFixed(1)} s\n${table(rows)}`,
  );
  const directory = join(root, 'bench-results');
  if (!existsSync(directory)) await mkdir(directory);
  await writeFile(join(directory, `${suite}.json`), `${JSON.stringify(rows, null, 2)}\n`);
}
process.exit(0);

type Options = Record<string, number>;

function readOptions(suite: string, defaults: Options): Options {
  const read: Options = {};
  for (const argument of given.filter((item) => item.startsWith('--'))) {
    const [, name = '', value = '1'] = /^--([a-z]+)(?:=(\d+))?$/.exec(argument) ?? [];
    if (!(name in defaults)) {
      const known = Object.entries(defaults).map(([option, number]) => `--${option}=${number}`);
      console.error(`${suite} has no option ${argument}; it has ${known.join(', ') || 'none'}`);
      process.exit(2);
    }
    read[name] = Number(value);
  }
  return read;
}

function table(rows: readonly BenchRow[]): string {
  const cells = rows.map(({ name, unit, value, baseline, baselineName, ratio }) => [
    name,
    `${figure(value)} ${unit}`,
    baseline === null ? '' : `${figure(baseline)} ${unit}`,
    baselineName,
    ratio === null ? '' : `${ratio.toFixed(2)}×`,
  ]);
  const lines = [['measured', 'value', 'baseline', 'which is', 'ratio'], ...cells];
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function figure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 2 : 4;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
