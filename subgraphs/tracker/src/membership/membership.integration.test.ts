import { ADAPTERS } from '../../testing/adapters.ts';
import { membershipCompliance } from './membership.compliance.ts';

for (const { name, skip, create } of ADAPTERS) membershipCompliance(name, create, skip);
