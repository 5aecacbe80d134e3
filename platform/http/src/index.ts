export {
  type AddressedRequest,
  clientAddress,
  parseTrustedProxies,
  type TrustedProxies,
  trustedProxies,
} from './client-address.ts';
export * from './identity.ts';
export * from './problem.ts';
export * from './server.ts';
export * from './verified-tokens.ts';
