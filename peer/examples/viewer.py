"""The viewer's end of the data channel `giggityflix/1`, over an RTCDataChannel of aiortc."""

import asyncio
import contextlib
import json
import struct

from gateway import Failure, take
from pieces import PIECE_BYTES, is_proven

LABEL = "giggityflix/1"
FRAGMENT_HEADER = struct.Struct(">III")  # request id, piece index, offset within the piece
MAX_READ_BYTES = 16 * 1_048_576
WINDOW_BYTES = 1_048_576  # What may be on its way: as much as aiortc's SCTP holds, and many fragments.
OPEN_SECONDS = 15  # The peer may have to fetch the keys that tokens are signed with.
GOODBYE_SECONDS = 2


class Viewer:
    """One film at a time and one request at a time, so that everything comes in the order it was asked for."""

    def __init__(self, channel):
        self.channel = channel
        self.inbox = asyncio.Queue()
        self.opened = asyncio.Event()
        self.received = self.granted = 0  # Payload bytes since the channel opened.
        channel.on("open", self.opened.set)
        channel.on("message", self.inbox.put_nowait)
        channel.on("close", lambda: self.inbox.put_nowait(Failure("the channel closed")))

    def tell(self, kind, **fields):
        if self.channel.readyState != "open":
            raise Failure("the channel closed")
        self.channel.send(json.dumps({"type": kind, **fields}))

    async def open(self, token, catalog_id):
        """Shows the token, and gives the film's size in bytes."""
        self._grant()
        self.tell("open", token=token, catalogId=catalog_id)
        return (await self._receive("opened", seconds=OPEN_SECONDS))["sizeBytes"]

    async def read(self, start, end, size, catalog_id):
        """Yields the bytes from `start` to `end` (exclusive), a piece or a part of one at a time, each proven."""
        index = start // PIECE_BYTES
        while index * PIECE_BYTES < end:
            at = index * PIECE_BYTES
            self.tell("read", id=1, start=max(start, at), end=min(end, at + MAX_READ_BYTES))
            while (piece := await self._receive("piece", "done"))["type"] == "piece":
                at = index * PIECE_BYTES
                data = await self._fragments(piece)
                if piece["index"] != index or not is_proven(data, index, piece["proof"], size, catalog_id):
                    raise Failure(f"piece {piece['index']} is not the film's")
                yield data[max(0, start - at) : end - at]
                index += 1

    def fail_with(self, work):
        """Does some work beside; its failure is the viewer's."""

        async def attempt():
            try:
                await work
            except Exception as error:
                self.inbox.put_nowait(error)

        return asyncio.create_task(attempt())

    async def leave(self):
        """Says goodbye and waits for the peer's; whatever still comes is counted and dropped."""
        with contextlib.suppress(Failure, asyncio.TimeoutError):
            self.tell("close")
            while True:
                self._count(await take(self.inbox, GOODBYE_SECONDS))

    async def _receive(self, *kinds, seconds=None):
        """The next message, which must be of one of these kinds."""
        message = await take(self.inbox, seconds)
        if self._count(message):
            if "fragment" not in kinds or self.received > self.granted:
                raise Failure("the peer sent what was not asked for")
            return message
        message = json.loads(message)
        if message["type"] == "error":
            raise Failure(f"{message['code']}: {message['message']}")
        if message["type"] not in kinds:
            raise Failure(f"the peer sent {message['type']} instead of {' or '.join(kinds)}")
        return message

    async def _fragments(self, piece):
        data = b""
        while len(data) < piece["length"]:
            fragment = await self._receive("fragment")
            if FRAGMENT_HEADER.unpack_from(fragment) != (piece["id"], piece["index"], len(data)):
                raise Failure("a fragment came out of turn")
            data += fragment[FRAGMENT_HEADER.size :]
            self._grant()
        return data

    def _count(self, message):
        """Whether it is a fragment; its payload then counts against the grant."""
        if isinstance(message, bytes):
            self.received += len(message) - FRAGMENT_HEADER.size
        return isinstance(message, bytes)

    def _grant(self):
        """A window more, when half of the last one has come."""
        if self.granted - self.received <= WINDOW_BYTES // 2:
            self.granted = self.received + WINDOW_BYTES
            self.tell("grant", totalBytes=self.granted)
