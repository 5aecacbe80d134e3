export * from './clip.ts';
export * from './schema.ts';
