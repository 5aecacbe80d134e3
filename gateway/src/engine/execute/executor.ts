import type { ClientError, Result } from '../../errors.ts';
import type { SubgraphClients, SubgraphRequestContext } from '../../subgraphs/client.ts';
import type { PreparedOperation } from '../operation/prepare.ts';

export interface Execution {
  operation: PreparedOperation;
  /** As the client gave them; they have passed coercion. */
  variables: Readonly<Record<string, unknown>>;
  /** The values of the operation's condition variables, defaults applied. */
  conditions: ReadonlyMap<string, boolean>;
  subgraphs: SubgraphClients;
  request: SubgraphRequestContext;
  /** What there is before the plan runs: the event of a subscription, and the errors that came with it. */
  initial?: { data: Record<string, unknown> | null; errors: readonly ClientError[] };
}

/** Answers prepared operations. Every implementation gives the same answer to the same execution. */
export interface Executor {
  execute(execution: Execution): Promise<Result>;
}
