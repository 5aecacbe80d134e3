export * from './artwork.ts';
export * from './clip.ts';
export * from './details.ts';
export * from './folder.ts';
export * from './limits.ts';
export * from './schema.ts';
