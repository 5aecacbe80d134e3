/** A GraphQL request that failed; `code` and `status` are those of the first error's `extensions`. */
export class GraphQLRequestError extends Error {
  override readonly name = 'GraphQLRequestError';
  readonly code: string;
  readonly status: string | undefined;

  constructor(message: string, code: string, status?: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export interface RequestOptions {
  /** The request outlives the page that makes it. */
  keepalive?: boolean;
  /**
   * What could be answered is taken where something else could not: where a service is away, fields of it are null. Not for
   * answers without any data, nor for those that need someone to sign in.
   */
  isPartial?: boolean;
}

/** The gateway's API. */
export interface GraphQLClient {
  /** Runs a query or mutation. @throws GraphQLRequestError; its code is `NETWORK` when the gateway does not respond. */
  request<T>(query: string, variables?: Record<string, unknown>, options?: RequestOptions): Promise<T>;
  /** Runs a subscription until the returned function is called. */
  subscribe<T>(
    query: string,
    variables: Record<string, unknown>,
    handlers: { next(data: T): void; error?(message: string): void },
  ): () => void;
}
