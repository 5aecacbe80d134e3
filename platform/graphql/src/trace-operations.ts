import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { isTracing, type Span, startSpan } from '@giggityflix/telemetry';

/** A span for each operation a subgraph executes, beside that of its HTTP request. */
export function traceOperations<C extends BaseContext>(service: string): ApolloServerPlugin<C> {
  return {
    async requestDidStart() {
      if (!isTracing()) return;
      let span: Span | undefined;
      return {
        async didResolveOperation({ operation, operationName }) {
          const kind = operation?.operation ?? 'query';
          span = startSpan(kind, {
            service,
            attributes: {
              'graphql.operation.type': kind,
              'graphql.operation.name': operationName ?? undefined,
            },
          });
        },
        async willSendResponse({ errors }) {
          if (errors?.length) span?.fail(String(errors[0]?.extensions?.code ?? errors[0]?.name));
          span?.end();
        },
      };
    },
  };
}
