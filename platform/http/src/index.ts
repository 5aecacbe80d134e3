export { type AddressCap, createAddressCap } from './address-cap.ts';
export {
  type AddressedRequest,
  clientAddress,
  isLoopbackAddress,
  networkOf,
  parseTrustedProxies,
  type TrustedProxies,
  trustedProxies,
} from './client-address.ts';
export {
  type AuthConfig,
  AuthenticationError,
  type Authenticator,
  authConfig,
  authProblems,
  authVariables,
  createAuthenticator,
  hasRole,
  type Identity,
  ROLES,
  type Role,
  serviceTokenVariable,
} from './identity.ts';
export { isLocalHost, type OriginGuard, OriginRefusal } from './origin-guard.ts';
export { type OriginConfig, originConfig, originVariables } from './origin-variables.ts';
export { HttpProblem, tooMany } from './problem.ts';
export { metricsVariables } from './scrapers.ts';
export { createHttpServer, type HttpServer, type HttpServerOptions, refuseUpgrade } from './server.ts';
export { bearerOf, createServiceTokens, SERVICE_TOKEN_HEADER, serviceTokenHeader } from './service-tokens.ts';
export { createVerifiedTokens } from './verified-tokens.ts';
