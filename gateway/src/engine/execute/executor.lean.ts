import type { ClientError } from '../../errors.ts';
import { withClientNames } from '../plan/aliases.ts';
import { completeResponse } from './complete.ts';
import type { Executor } from './executor.ts';
import { introspect } from './introspect.ts';
import { executeInParts } from './parts.ts';
import { toResult } from './result.ts';
import { runStep } from './run.ts';

/**
 * Runs plans with everything that does not depend on the request worked out once per operation: request bodies,
 * representations deduplicated, and the flat shape of the answer per type.
 */
export function createLeanExecutor(): Executor {
  return {
    async execute({ operation, variables, conditions, subgraphs, request, initial }) {
      const { graph, plan } = operation;
      const data = initial?.data ?? {};
      const errors: ClientError[] = initial ? [...initial.errors] : [];
      if (plan.steps)
        await runStep(
          { schema: graph.internal, subgraphs, request, variables, conditions, data, errors },
          plan.steps,
        );
      const completion = completeResponse(operation.shape(conditions), data, (key, selections) =>
        introspect(graph.schema, selections, operation.variableDefinitions, variables, key),
      );
      const reported = withClientNames(operation, errors);
      const { denials, problems } = completion;
      return toResult(completion.data, denials.length > 0 ? [...reported, ...denials] : reported, problems);
    },
    executeInParts,
  };
}
