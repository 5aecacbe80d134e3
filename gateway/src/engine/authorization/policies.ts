import { hasRole, type Identity, ROLES } from '@giggityflix/http';
import type { SubgraphRequestContext } from '../../subgraphs/client.ts';

/** Who asks, and with what. */
export interface Requester {
  /** Null for someone who did not sign in. */
  readonly identity: Identity | null;
  /** What limits count by. */
  readonly key: string;
  readonly context: SubgraphRequestContext;
}

/**
 * Decides which of the policies an operation needs (`@policy`) are granted; what it does not name is not. It is asked with
 * every such operation, and once when a subscription begins. An error refuses the operation.
 */
export type Policies = (
  request: Requester,
  names: readonly string[],
) => ReadonlySet<string> | Promise<ReadonlySet<string>>;

const ROLE = 'role:';

/** Grants `role:viewer` and the like by the roles of the identity. */
export const rolePolicies: Policies = ({ identity }, names) =>
  new Set(
    names.filter((name) => {
      const role = ROLES.find((one) => name === ROLE + one);
      if (role === undefined) return false;
      return hasRole(identity, role) || (role === 'viewer' && hasRole(identity, 'operator'));
    }),
  );
