export { ensureBuilt, webRoot } from './bundle.ts';
