"""GraphQL over HTTP and server-sent events, with the standard library alone."""

import asyncio
import contextlib
import json
import threading
import urllib.request

REQUEST_SECONDS = 30


class Failure(Exception):
    """What the platform or a peer refused, or got wrong."""


class Gateway:
    def __init__(self, origin, bearer=None):
        self.origin = origin.rstrip("/")
        self.headers = {"content-type": "application/json"}
        if bearer:
            self.headers["authorization"] = f"Bearer {bearer}"

    def _post(self, path, accept, query, variables, timeout):
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self.origin + path, body, {**self.headers, "accept": accept})
        return urllib.request.urlopen(request, timeout=timeout)

    async def ask(self, query, **variables):
        """What the one field of a query or mutation holds."""

        def send():
            with self._post("/graphql", "application/json", query, variables, REQUEST_SECONDS) as response:
                return _field(json.load(response))

        return await asyncio.get_running_loop().run_in_executor(None, send)

    def subscribe(self, query, **variables):
        """A queue of what a subscription brings; an exception in it is the last."""
        queue, loop = asyncio.Queue(), asyncio.get_running_loop()

        def read():
            try:
                with self._post("/graphql/stream", "text/event-stream", query, variables, None) as stream:
                    for line in stream:
                        if line.startswith(b"data:") and line[5:].strip():
                            put(_field(json.loads(line[5:])))
                put(Failure("the subscription ended"))
            except Exception as error:
                put(error)

        def put(item):
            with contextlib.suppress(RuntimeError):  # The loop has ended, and nobody waits.
                loop.call_soon_threadsafe(queue.put_nowait, item)

        # A daemon, as nothing interrupts a thread that waits for the next event.
        threading.Thread(target=read, daemon=True).start()
        return queue


def _field(answer):
    if answer.get("errors"):
        raise Failure(answer["errors"][0]["message"])
    return next(iter(answer["data"].values()))


async def take(queue, seconds=None):
    """The next item of a queue; raises it when it is an exception, and TimeoutError when none comes in time."""
    item = await asyncio.wait_for(queue.get(), seconds)
    if isinstance(item, Exception):
        raise item
    return item
