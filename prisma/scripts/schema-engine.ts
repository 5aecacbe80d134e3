import { readFileSync } from 'node:fs';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';

type Engine = Awaited<ReturnType<typeof glue.SchemaEngine.new>>;
type DiffTarget = Parameters<Engine['diff']>[0]['from'];

/** What is used of WebAssembly's API, whose types come with those of browsers only. */
interface WasmApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: { __wbindgen_start(): void } };
}

const NO_FILTER = { externalTables: [], externalEnums: [] };

let loaded = false;

/** Prisma's schema engine as WebAssembly: the package's own loader needs a bundler, so it is loaded by hand. */
function load(): void {
  if (loaded) return;
  const path = new URL(import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly;
  const wasm = new Module(readFileSync(new URL('schema_engine_bg.wasm', path)));
  const { exports } = new Instance(wasm, { './schema_engine_bg.js': glue });
  (glue as unknown as { __wbg_set_wasm(exports: object): void }).__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  loaded = true;
}

/** A Prisma schema as the state a migration starts from or leads to. */
export function datamodel(schema: string): DiffTarget {
  return { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] };
}

/** The SQL that leads from one schema to another; empty when they are the same. */
export async function diff(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  from: DiffTarget,
  to: DiffTarget,
): Promise<string> {
  load();
  const engine = await glue.SchemaEngine.new(
    { datamodels: undefined },
    () => {},
    bindMigrationAwareSqlAdapterFactory(adapter) as never,
  );
  const result = await engine.diff({ from, to, script: true, exitCode: null, filters: NO_FILTER });
  const sql = result.stdout ?? '';
  return /^\s*(--[^\n]*\s*)*$/.test(sql) ? '' : sql;
}
