import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import specs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EVENT_TOPICS, eventDocuments } from './documents.ts';

const EVENTS = resolve(import.meta.dirname, '../../docs/events');
const withFormats = addFormats as unknown as (ajv: unknown) => void;
const document = parse(readFileSync(join(EVENTS, 'asyncapi.yaml'), 'utf8'));

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === '$ref' ? [each as string] : references(each),
  );
}

describe('the AsyncAPI document', () => {
  it('is one by the official schema of AsyncAPI 3', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false });
    const validate = ajv.compile(specs.schemas['3.0.0'] as object);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('refers to nothing that does not exist', () => {
    const all = references(document);
    expect(all.length).toBeGreaterThan(100);
    for (const reference of all) {
      const found = reference.startsWith('#/')
        ? reference
            .slice(2)
            .split('/')
            .reduce((part, name) => part?.[name], document)
        : existsSync(join(EVENTS, reference));
      expect(found, reference).toBeTruthy();
    }
  });

  it('has every topic, and where dead letters go', () => {
    const addresses = Object.values(document.channels as Record<string, { address: string }>).map(
      ({ address }) => address,
    );
    expect(addresses).toEqual(expect.arrayContaining(EVENT_TOPICS.map(({ name }) => name)));
    expect(addresses).toContain('edge-commands-{edge_id}.deadletter');
    expect(addresses).toContain('peer.connection.established.deadletter');
    expect(new Set(addresses).size).toBe(addresses.length);
  });
});

describe('the schemas of events', () => {
  it('accept what the page of the protocol shows, and refuse what it does not', () => {
    const ajv = new Ajv2020({ strict: false });
    withFormats(ajv);
    const schema = eventDocuments().get('catalog.availability.changed')!;
    const event = {
      catalog_id: 'ab'.repeat(32),
      available_peer_count: 2,
      is_available: true,
      timestamp: '2026-01-01T00:00:00.000Z',
    };
    expect(ajv.validate(schema, { ...event, unknown: 1 })).toBe(true);
    expect(ajv.validate(schema, { ...event, available_peer_count: -1 })).toBe(false);
    expect(ajv.validate(schema, { ...event, timestamp: 'today' })).toBe(false);
  });

  it('are all valid JSON Schemas', () => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true });
    withFormats(ajv);
    for (const keyword of ['x-topic', 'x-key', 'x-renamed-by', 'x-part-of', 'x-written'])
      ajv.addKeyword(keyword);
    for (const schema of eventDocuments().values()) expect(() => ajv.compile(schema)).not.toThrow();
  });
});
