/** Writes docs/configuration.md, and the topics of docs/protocol.md, from the schemas the services run on. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '..');

interface Section {
  title: string;
  folder: string;
  intro: string;
}

const SECTIONS: readonly Section[] = [
  {
    title: 'All-in-one (`npm start`)',
    folder: 'stack',
    intro:
      'Ports and folders of everything on one machine. Any variable of a service below may be set as well and reaches that service, except where the composition decides (addresses, state, who may do what).',
  },
  { title: 'Gateway', folder: 'gateway', intro: '`npm start -w gateway`' },
  { title: 'Catalog', folder: 'subgraphs/catalog', intro: '`npm start -w subgraphs/catalog`' },
  { title: 'Tracker', folder: 'subgraphs/tracker', intro: '`npm start -w subgraphs/tracker`' },
  { title: 'Viewing', folder: 'subgraphs/viewing', intro: '`npm start -w subgraphs/viewing`' },
  { title: 'Identity', folder: 'subgraphs/identity', intro: '`npm start -w subgraphs/identity`' },
  { title: 'Edge', folder: 'edge', intro: '`npm start -w edge`' },
  {
    title: 'Peer',
    folder: 'peer',
    intro: '`npx giggityflix-peer start`; `giggityflix-peer config` prints what is in force.',
  },
  { title: 'Matchmaker', folder: 'matchmaker', intro: '`npm start -w matchmaker`' },
];

interface AnyDefinition {
  type: string;
  in?: z.ZodType;
  innerType?: z.ZodType;
  defaultValue?: unknown;
  entries?: Record<string, string>;
}

function definitionOf(schema: z.ZodType): AnyDefinition {
  return (schema as unknown as { _zod: { def: AnyDefinition } })._zod.def;
}

function* layers(schema: z.ZodType): Generator<z.ZodType> {
  for (let layer: z.ZodType | undefined = schema; layer; ) {
    yield layer;
    const definition = definitionOf(layer);
    layer = definition.in ?? definition.innerType;
  }
}

function describe(schema: z.ZodType): { fallback: string; description: string } {
  let fallback: string | undefined;
  let description = '';
  let optional = false;
  let choices = '';
  for (const layer of layers(schema)) {
    const definition = definitionOf(layer);
    if (definition.type === 'default' && fallback === undefined) fallback = String(definition.defaultValue);
    if (definition.type === 'optional') optional = true;
    if (definition.entries) choices = Object.values(definition.entries).join(', ');
    description ||= (layer.meta() as { description?: string } | undefined)?.description ?? '';
  }
  const text = [description, choices && `One of ${choices}.`]
    .filter(Boolean)
    .join(description.endsWith('.') ? ' ' : '. ');
  return {
    fallback:
      fallback === undefined
        ? optional
          ? 'unset'
          : 'required'
        : fallback === ''
          ? 'empty'
          : `\`${portable(fallback)}\``,
    description: text,
  };
}

function isSecret(schema: z.ZodType): boolean {
  return [...layers(schema)].some((layer) => (layer.meta() as { secret?: boolean } | undefined)?.secret);
}

function portable(text: string): string {
  return text.replaceAll(`${ROOT}/`, '').replaceAll(homedir(), '~');
}

const output = [
  '# Configuration',
  '',
  'Every process reads its configuration from environment variables, checks all of it before it does anything, and names every problem at once. A variable that is set but empty is a problem, except where "empty" is the default. Durations are written as Go writes them (`30s`, `1h30m`) where the default shows it; otherwise the name gives the unit. A variable with a second name that ends in `_FILE` is a secret: the second takes the path of a file that holds it (a Docker or systemd credential), so that it is in no process list and no unit file.',
  '',
  'This page is generated from the schemas the processes parse their environment with: `npm run generate`.',
];
for (const { title, folder, intro } of SECTIONS) {
  const file = join(ROOT, folder, 'src/environment.ts');
  if (!existsSync(file)) continue;
  const { variables } = (await import(file)) as { variables: Record<string, z.ZodType> };
  output.push('', `## ${title}`, '', intro, '', '| variable | default | meaning |', '| --- | --- | --- |');
  for (const [name, schema] of Object.entries(
    'shape' in variables ? (variables.shape as unknown as typeof variables) : variables,
  )) {
    const { fallback, description } = describe(schema);
    const alternative = isSecret(schema) ? `, or \`${name}_FILE\`` : '';
    output.push(
      `| \`${name}\`${alternative} | ${fallback.replaceAll('|', '\\|')} | ${description.replaceAll('|', '\\|').replaceAll('\n', ' ')} |`,
    );
  }
}
const target = join(ROOT, 'docs/configuration.md');
writeFileSync(target, `${output.join('\n')}\n`);

const { TOPIC_DESCRIPTIONS } = await import('@giggityflix/bus');
const topics = Object.values(TOPIC_DESCRIPTIONS).map(
  ({ defaultName, key, producer, consumers, variables }) =>
    `| \`${defaultName}\` | ${key} | ${producer} | ${consumers.join(', ') || 'operators'} | ${variables.map((name) => `\`${name}\``).join(', ')} |`,
);
const protocol = join(ROOT, 'docs/protocol.md');
const table = [
  '<!-- topics -->',
  '',
  '| topic | key | producer | consumers | renamed by |',
  '| --- | --- | --- | --- | --- |',
  ...topics,
  '',
  '<!-- /topics -->',
];
writeFileSync(
  protocol,
  readFileSync(protocol, 'utf8').replace(/<!-- topics -->[\s\S]*<!-- \/topics -->/, table.join('\n')),
);
