export { createStores, type Stores } from './stores.ts';
