import { randomBytes } from 'node:crypto';
import { ids } from '@giggityflix/bus';
import type { Logger } from '@giggityflix/kernel';
import {
  DERIVED_PEER_ID_PREFIX,
  derivePeerId,
  NONCE_BYTES,
  PROTOCOL_VERSIONS,
  PUBLIC_KEY_BYTES,
  type RegistrationRequest,
  verifyRegistration,
} from '@giggityflix/proto';
import { status } from '@grpc/grpc-js';
import type { CallFailure } from '../grpc/wire.ts';
import { BOUND_TO_ANOTHER, type Enrolment } from './enrolment.ts';
import type { PeerKeys } from './peer-keys.ts';

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
  deps: { peerKeys: PeerKeys; enrolment: Pick<Enrolment, 'admit'>; logger: Logger },
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

  /** An id in any other case belongs to the key of the one that was bound first: people would take them for one peer. */
  const ownerOf = async ({ peerId, publicKey }: RegistrationRequest): Promise<Buffer> => {
    const known = await deps.peerKeys.find(peerId);
    if (known) return known;
    const folded = peerId.toLowerCase();
    const owner = await deps.peerKeys.bind(folded, publicKey);
    return folded === peerId || !owner.equals(publicKey) ? owner : deps.peerKeys.bind(peerId, publicKey);
  };

  const checkBinding = async (request: RegistrationRequest): Promise<CallFailure | null> => {
    if (isReserved(request.peerId)) return null;
    try {
      const owner = await ownerOf(request);
      return owner.equals(request.publicKey) ? null : BOUND_TO_ANOTHER;
    } catch (error) {
      deps.logger.error({ err: error }, 'cannot look up the key of a peer id');
      return { code: status.UNAVAILABLE, details: 'registrations cannot be checked right now; try again' };
    }
  };

  return async function decide(
    request: RegistrationRequest,
    connection: { nonce: Uint8Array; address: string },
  ): Promise<Verdict> {
    const failure =
      checkForm(request) ??
      checkProof(request, connection.nonce) ??
      (await deps.enrolment.admit(request, connection.address)) ??
      (await checkBinding(request));
    return failure ? { ok: false, ...failure } : { ok: true, peerId: request.peerId };
  };
}

/** Whether only a key that derives it may have an id; in other cases it would be taken for that key's. */
function isReserved(peerId: string): boolean {
  return peerId.slice(0, DERIVED_PEER_ID_PREFIX.length).toLowerCase() === DERIVED_PEER_ID_PREFIX;
}
