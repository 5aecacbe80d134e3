export {
  type CatalogConfig,
  type CatalogProcessConfig,
  readEnvironment,
  variables as catalogVariables,
  variables,
} from './environment.ts';
export { type Catalog, type CatalogDeps, createCatalog } from './service.ts';
