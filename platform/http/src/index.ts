export { type AddressCap, createAddressCap } from './address-cap.ts';
export { atEnd } from './at-end.ts';
export {
  type AddressedRequest,
  clientAddress,
  isLoopbackAddress,
  networkOf,
  parseTrustedProxies,
  type TrustedProxies,
  trustedProxies,
} from './client-address.ts';
export { forBackendsAlone } from './for-backends.ts';
export {
  type AccessLimits,
  type AuthConfig,
  AuthenticationError,
  type Authenticator,
  authConfig,
  authProblems,
  authVariables,
  createAuthenticator,
  hasRole,
  type Identity,
  isLimited,
  NOT_LIMITED,
  ROLES,
  type Role,
  serviceTokenVariable,
} from './identity.ts';
export { isLocalHost, type OriginGuard, OriginRefusal } from './origin-guard.ts';
export { type OriginConfig, originConfig, originVariables } from './origin-variables.ts';
export { badBody, HttpProblem, tooMany } from './problem.ts';
export {
  createRevocations,
  REMEMBER_REVOCATIONS_MS,
  type Revocation,
  type Revocations,
} from './revocations.ts';
export { metricsVariables } from './scrapers.ts';
export { createHttpServer, type HttpServer, type HttpServerOptions, refuseUpgrade } from './server.ts';
export { bearerOf, createServiceTokens, SERVICE_TOKEN_HEADER, serviceTokenHeader } from './service-tokens.ts';
export { readCertificate } from './tls/certificate.ts';
export { type TlsConfig, tlsConfig, tlsProblems, tlsVariables } from './tls/variables.ts';
export { createVerifiedTokens } from './verified-tokens.ts';
