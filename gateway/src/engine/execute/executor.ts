import type { ClientError, Result } from '../../errors.ts';
import type { SubgraphClients, SubgraphRequestContext } from '../../subgraphs/client.ts';
import type { DeferredOperation, PlannedOperation } from '../operation/prepared.ts';

export interface Execution {
  operation: PlannedOperation;
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
  /** Answers with what is deferred in parts of their own; where it is missing, everything is answered at once. */
  executeInParts?(execution: ExecutionInParts): Promise<void>;
}

export interface ExecutionInParts extends Execution {
  deferred: DeferredOperation;
  sink: PartsSink;
  /** Aborted when nobody wants the rest any more; its reason may be errors for what is still to come. */
  signal: AbortSignal;
}

/** A part of the answer that a client was promised. */
export interface PendingPart {
  readonly id: string;
  readonly path: readonly (string | number)[];
  /** The client's own label. */
  readonly label: string | undefined;
}

/** Parts that are ready together. What they hold may change after the call that hands it over. */
export interface ReadyParts {
  /** Parts promised with these. */
  readonly pending: readonly PendingPart[];
  /** `data` is null for a part that failed, which the client's data is to be left without. */
  readonly parts: readonly {
    part: PendingPart;
    data: Record<string, unknown> | null;
    errors: readonly ClientError[];
  }[];
  readonly hasNext: boolean;
}

export interface PartsSink {
  /** Called once, first; nothing follows when nothing is pending. */
  first(result: Result, pending: readonly PendingPart[]): void;
  next(ready: ReadyParts): void;
}
