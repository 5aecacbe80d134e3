export { type Catalog, type CatalogDeps, createCatalog } from './catalog.ts';
export {
  type CatalogConfig,
  type CatalogProcessConfig,
  readEnvironment,
  variables as catalogVariables,
  variables,
} from './environment.ts';
