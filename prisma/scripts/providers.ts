import { readFileSync } from 'node:fs';

export const PROVIDERS = ['sqlite', 'postgresql'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** The root of the package. */
export const ROOT = new URL('../', import.meta.url);

/** The models, which both databases share. */
export function readModels(): string {
  return readFileSync(new URL('models.prisma', ROOT), 'utf8');
}

/** A whole Prisma schema: the models, with the data source of one database before them. */
export function schemaFor(provider: Provider, models: string): string {
  return `datasource db {\n  provider = "${provider}"\n}\n\n${models}`;
}
