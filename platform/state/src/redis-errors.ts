/**
 * Replies about the server's state, not about the command. A Cluster that fails over answers MOVED and ASK; the client follows
 * those, but hands on what a pipeline or a transaction gets (EXECABORT).
 */
const STATE_REPLIES =
  /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|BUSY|OOM|NOREPLICAS|MISCONF|MOVED|ASK|EXECABORT|UNBLOCKED)\b/;
const UNAVAILABLE_ERRORS = new Set([
  'MaxRetriesPerRequestError',
  'ClusterAllFailedError',
  'AbortError',
  'ParserError',
  'DeadlineError',
]);
/** ioredis has no classes for these. */
const UNAVAILABLE_MESSAGES =
  /^(Connection is closed|Command timed out|None of startup nodes|Node is disconnected|Cluster is|Too many Cluster redirections|Stream isn't|connect ETIMEDOUT)/;

/** Whether a command failed because of Redis, or the way there, and not because of what it asked. */
export function isRedisUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ReplyError') return STATE_REPLIES.test(error.message);
  return UNAVAILABLE_ERRORS.has(error.name) || 'syscall' in error || UNAVAILABLE_MESSAGES.test(error.message);
}
