import { ADAPTERS } from '../../testing/adapters.ts';
import { filesCompliance } from './files.compliance.ts';

for (const { name, skip, create } of ADAPTERS) filesCompliance(name, create, skip);
