/** The text of an operation, and in its type what it brings and what it needs to know. */
export type Operation<Result, Variables> = string & {
  readonly __of?: (variables: Variables) => Result;
};
