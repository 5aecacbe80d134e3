/** Writes docs/events: a JSON Schema for each type of event, and the AsyncAPI document of the bus. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { asyncApiDocument } from './events/asyncapi.ts';
import { eventDocuments } from './events/documents.ts';

const ROOT = resolve(import.meta.dirname, '..');
const EVENTS = join(ROOT, 'docs/events');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

const schemas = join(EVENTS, 'schemas');
rmSync(schemas, { recursive: true, force: true });
mkdirSync(schemas, { recursive: true });
for (const [name, document] of eventDocuments())
  writeFileSync(join(schemas, `${name}.json`), `${JSON.stringify(document, null, 2)}\n`);
writeFileSync(
  join(EVENTS, 'asyncapi.yaml'),
  `# Generated from platform/bus/src/topics: npm run generate\n${stringify(asyncApiDocument(version), { lineWidth: 0, aliasDuplicateObjects: false })}`,
);
