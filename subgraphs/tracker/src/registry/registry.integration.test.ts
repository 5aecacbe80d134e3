import { ADAPTERS } from '../../testing/adapters.ts';
import { registryCompliance } from './registry.compliance.ts';

for (const { name, skip, create } of ADAPTERS) registryCompliance(name, create, skip);
