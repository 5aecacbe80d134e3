import type { ServiceError } from '@grpc/grpc-js';

/** What TLS says, and what its owner may do about it. */
const REMEDIES: readonly [RegExp, string][] = [
  [
    /unable to verify|self.signed certificate|unable to get (local )?issuer/,
    'no authority this peer trusts has signed the certificate of the edge: give the right one in GRPC_CERT_PATH',
  ],
  [/certificate has expired|certificate is not yet valid/, 'the certificate of the edge is not valid now'],
  [
    /altnames|Hostname\/IP does not match/,
    'the certificate of the edge is for another name than EDGE_GRPC_ADDRESS',
  ],
  [
    /alert (number 116|certificate required)/,
    'the edge asks for a certificate: set GRPC_CLIENT_CERT_PATH and GRPC_CLIENT_KEY_PATH',
  ],
  [
    /alert (unknown ca|bad certificate|certificate unknown|number (42|46|48))/,
    'the edge does not accept the certificate of GRPC_CLIENT_CERT_PATH',
  ],
  [/wrong version number|packet length too long/, 'the edge does not speak TLS: set GRPC_USE_TLS=false'],
  // All grpc-js knows when the other side hangs up during the greeting.
  [
    /^Failed to connect/,
    'the edge closed the connection at once: it may want TLS (GRPC_USE_TLS), or another certificate (GRPC_CLIENT_CERT_PATH)',
  ],
];

/** Why a connection failed, in words; grpc-js wraps the reason. */
export function inWords(error: ServiceError): string {
  const words = error.details || error.message;
  const reason = /Last error: (?:Error: )?(.+?)(?:\. Resolution note:.*)?$/s.exec(words)?.[1] ?? words;
  return REMEDIES.find(([pattern]) => pattern.test(reason))?.[1] ?? reason;
}
