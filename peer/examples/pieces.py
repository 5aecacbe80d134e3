"""BitTorrent v2 pieces (BEP 52): whether bytes that came from anyone are the film's."""

import hashlib
import math

BLOCK_BYTES = 16_384
PIECE_BYTES = 262_144
HASH_BYTES = 32


def is_proven(data, index, proof, size, catalog_id):
    """Whether `data` is the piece at `index` of the file of `size` bytes whose pieces root is `catalog_id`.

    `proof` holds the hashes beside the way from the piece up to the root, in hexadecimal.
    """
    pieces = math.ceil(size / PIECE_BYTES)
    if not 0 <= index < pieces or len(data) != min(PIECE_BYTES, size - index * PIECE_BYTES):
        return False
    if len(proof) != _height(pieces):
        return False
    node = _piece_hash(data, pieces)
    for uncle in map(bytes.fromhex, proof):
        node = _sha256(uncle + node) if index % 2 else _sha256(node + uncle)
        index //= 2
    return node.hex() == catalog_id


def _piece_hash(data, pieces):
    """The root over the piece's blocks.

    Zeros stand for blocks past the end of the file: up to a whole piece, or for a file of one piece up to the next
    power of two.
    """
    level = [_sha256(data[at : at + BLOCK_BYTES]) for at in range(0, len(data), BLOCK_BYTES)]
    width = PIECE_BYTES // BLOCK_BYTES if pieces > 1 else 2 ** _height(len(level))
    level += [bytes(HASH_BYTES)] * (width - len(level))
    while len(level) > 1:
        level = [_sha256(level[at] + level[at + 1]) for at in range(0, len(level), 2)]
    return level[0]


def _height(leaves):
    return (leaves - 1).bit_length()


def _sha256(data):
    return hashlib.sha256(data).digest()
