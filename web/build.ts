import { bundle, webRoot } from './src/bundle.ts';

const startedAt = performance.now();
await bundle();
process.stdout.write(`built ${webRoot} in ${Math.round(performance.now() - startedAt)} ms\n`);
