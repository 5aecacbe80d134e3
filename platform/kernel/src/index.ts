export { type Breaker, BreakerOpenError, type BreakerState, createBreaker } from './breaker.ts';
export {
  decimal,
  duration,
  EnvironmentError,
  emptyAllowed,
  fileContent,
  flag,
  integer,
  list,
  parseEnvironment,
  port,
  type RawEnvironment,
  readOrExit,
  refuseArguments,
  secret,
} from './environment.ts';
export { createEventHub, type EventHub, MAX_WAITING_EVENTS, SlowReaderError } from './event-hub.ts';
export { planRotation, type RotatedKey, type RotatedKeys, type RotationPolicy } from './key-rotation.ts';
export {
  composeServices,
  DeadlineError,
  explainStartFailure,
  notReady,
  type Part,
  READY,
  type Readiness,
  runProcess,
  type Service,
  START_DEADLINE_MS,
  STOP_DEADLINE_MS,
  withDeadline,
} from './lifecycle.ts';
export { isLocalAddress, isPrivateIpv4, LOCAL_NETWORKS } from './local-networks.ts';
export { createLogger, type Logger, type LogLevel, logVariables } from './logger.ts';
export { mapEvents } from './map-events.ts';
export { pooledRandom } from './random-pool.ts';
export { createRateLimiter, type RateLimiter } from './rate-limit.ts';
export { createRetryBudget } from './retry-budget.ts';
export { type RetryPolicy, retryDelayMs } from './retry-delay.ts';
export { bearerTokenProblem, sharedSecretProblem } from './shared-secret.ts';
export { fullBucket, type RefillRate, refill, type TokenBucket } from './token-bucket.ts';
export {
  childOf,
  currentTraceparent,
  TRACEPARENT,
  TRACEPARENT_FORM,
  underTrace,
  withTrace,
} from './trace.ts';
export { UnavailableError } from './unavailable.ts';
export { visibleText } from './visible-text.ts';
export { wrapMethods } from './wrap-methods.ts';
