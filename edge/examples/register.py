#!/usr/bin/env python3
"""Registers with an edge as a peer does, written from the protocol alone.

    python3 edge/examples/register.py localhost:50051

Needs grpcio, protobuf and cryptography. Prints the registration, or the status the edge refused it with and exits 1.
A second argument spoils the request: "signature" (a bit of it is changed), "nonce" (another challenge is signed),
"key" (signed with a key that is not the one sent), "id" (the id of another key), "size" (a message over the limit).
"""

import base64
import hashlib
import pathlib
import queue
import sys

import grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "giggityflix.edge.v1"
# What `protoc --descriptor_set_out` makes of peer_edge.proto; an edge also describes it by reflection.
DESCRIPTORS = pathlib.Path(__file__).parents[2] / "proto/src/generated/peer_edge.binpb"
MAX_MESSAGE_BYTES = 524_288


def message_class(pool, name):
    descriptor = pool.FindMessageTypeByName(f"{PACKAGE}.{name}")
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)


def raw_public_key(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def derived_id(public_key):
    digest = hashlib.sha256(public_key).digest()[:20]
    return "gf1" + base64.b32encode(digest).decode().lower().rstrip("=")


def registration(challenge, spoil):
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    public_key = raw_public_key(key)
    peer_id = derived_id(raw_public_key(other) if spoil == "id" else public_key)
    nonce = bytes(32) if spoil == "nonce" else challenge.nonce
    proof = b"\0".join([b"giggityflix peer registration v1", nonce, challenge.edge_id.encode(), peer_id.encode()])
    signature = (other if spoil == "key" else key).sign(proof)
    if spoil == "signature":
        signature = bytes([signature[0] ^ 1]) + signature[1:]
    return {
        "peer_id": peer_id,
        "public_key": public_key,
        "signature": signature,
        "protocol_version": challenge.protocol_versions[0],
        "user_agent": "x" * MAX_MESSAGE_BYTES if spoil == "size" else "register.py",
    }


def main(address, spoil=None):
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(DESCRIPTORS.read_bytes()).file:
        pool.Add(file)
    request, response = message_class(pool, "ConnectRequest"), message_class(pool, "ConnectResponse")
    outgoing = queue.Queue()
    with grpc.insecure_channel(address) as channel:
        connect = channel.stream_stream(
            f"/{PACKAGE}.PeerEdgeService/Connect",
            request_serializer=request.SerializeToString,
            response_deserializer=response.FromString,
        )
        try:
            for answer in connect(iter(outgoing.get, None)):
                if answer.WhichOneof("message") == "challenge":
                    outgoing.put(request(registration=registration(answer.challenge, spoil)))
                elif answer.WhichOneof("message") == "registration":
                    print(f"registered at {answer.registration.edge_id} as {answer.registration.connection_id}")
                    outgoing.put(None)
        except grpc.RpcError as error:
            outgoing.put(None)
            sys.exit(f"{error.code().name}: {error.details()}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
