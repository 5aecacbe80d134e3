import { randomBytes } from 'node:crypto';
import { ids } from '@giggityflix/bus';
import {
  derivePeerId,
  NONCE_BYTES,
  PROTOCOL_VERSIONS,
  PUBLIC_KEY_BYTES,
  type RegistrationRequest,
  verifyRegistration,
} from '@giggityflix/proto';
import { status } from '@grpc/grpc-js';
import type { CallFailure } from '../grpc/wire.ts';
import type { Enrolment } from './enrolment.ts';
import { isReserved, type Ownership } from './ownership.ts';

export type Verdict = { ok: true; peerId: string } | ({ ok: false } & CallFailure);

export interface HandshakeConfig {
  edgeId: string;
}

export function newNonce(): Buffer {
  return randomBytes(NONCE_BYTES);
}

/**
 * Decides a registration: version, form, proof, enrolment, and the owner of the id. Nothing is stored of a
 * peer that fails any check; the key of a custom id is bound only once all others passed.
 */
export function createHandshake(
  config: HandshakeConfig,
  deps: { ownership: Pick<Ownership, 'claim'>; enrolment: Pick<Enrolment, 'admit'> },
) {
  const checkForm = (request: RegistrationRequest): CallFailure | null => {
    if (!PROTOCOL_VERSIONS.includes(request.protocolVersion))
      return {
        code: status.FAILED_PRECONDITION,
        details: `protocol version ${request.protocolVersion} is not supported here; this edge supports ${PROTOCOL_VERSIONS.join(', ')}`,
      };
    const id = ids.peerId.safeParse(request.peerId);
    if (!id.success)
      return { code: status.INVALID_ARGUMENT, details: id.error.issues[0]?.message ?? 'malformed peer id' };
    if (request.publicKey.byteLength !== PUBLIC_KEY_BYTES)
      return {
        code: status.INVALID_ARGUMENT,
        details: `public_key has ${request.publicKey.byteLength} bytes; an Ed25519 key has ${PUBLIC_KEY_BYTES}`,
      };
    return null;
  };

  const checkProof = (request: RegistrationRequest, nonce: Uint8Array): CallFailure | null => {
    const { peerId, publicKey, signature } = request;
    if (!verifyRegistration(publicKey, signature, { nonce, edgeId: config.edgeId, peerId }))
      return {
        code: status.UNAUTHENTICATED,
        details: 'the signature does not prove possession of public_key for this challenge',
      };
    if (isReserved(peerId) && peerId !== derivePeerId(publicKey))
      return { code: status.UNAUTHENTICATED, details: 'this peer id belongs to another key' };
    return null;
  };

  return async function decide(
    request: RegistrationRequest,
    connection: { nonce: Uint8Array; address: string },
  ): Promise<Verdict> {
    const failure =
      checkForm(request) ??
      checkProof(request, connection.nonce) ??
      (await deps.enrolment.admit(request, connection.address)) ??
      (await deps.ownership.claim(request));
    return failure ? { ok: false, ...failure } : { ok: true, peerId: request.peerId };
  };
}
