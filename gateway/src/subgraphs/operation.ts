/** An operation of a subgraph as it is sent again and again: all of it that does not depend on a request is prepared. */
export interface SubgraphOperation {
  readonly subgraph: string;
  /** The request's body up to the value of `variables`. */
  readonly bodyStart: string;
  readonly query: string;
  readonly operationName: string | undefined;
  readonly mutation: boolean;
  /** Numbers in its answer may have more digits than JavaScript's: a custom scalar is among its fields. */
  readonly lossless: boolean;
}
