#!/usr/bin/env python3
"""Fetches a film from a peer as a viewer does, written from the protocol alone (docs/protocol.md).

    python3 peer/examples/watch.py http://localhost:4000 "Counting Seconds" --output film.mp4
    python3 peer/examples/watch.py http://localhost:4000 "Counting Seconds" --range 300000:400000

Needs aiortc (Debian's python3-aiortc). Every piece is proven against the film's catalog id before it is used. Reports
how many bytes came, how fast, and their SHA-256; whoever is refused is told why, and exits 1.
"""

import argparse
import asyncio
import contextlib
import hashlib
import itertools
import os
import re
import sys
import time

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription

from gateway import Failure, Gateway, take
from viewer import LABEL, Viewer

CONNECT_SECONDS = 30
SETTLE_SECONDS = 0.3  # Without a further candidate the peer has told all that matter.
HEARTBEAT_SECONDS = 30
BEATS_PER_TOKEN = 60  # Half of the hour a token lives for unless the platform is set otherwise.

FIND = """query($search: String!) { titles(first: 1, filter: {search: $search, available: true}) {
  edges { node { files { catalogId availability { isAvailable } } } } } }"""
CREATE = """mutation($input: CreatePlaybackSessionInput!) { createPlaybackSession(input: $input) { __typename
  ... on PlaybackSessionCreated { session { id } playbackToken iceServers { urls username credential } }
  ... on NotEntitled { message } ... on ContentUnavailable { message } } }"""
SIGNAL = """mutation($id: ID!, $signal: PlaybackSignalInput!) {
  sendPlaybackSignal(sessionId: $id, signal: $signal) { accepted } }"""
SIGNALS = """subscription($id: ID!) { playbackSignals(sessionId: $id) { __typename
  ... on SessionDescription { sdp } ... on IceCandidate { candidate } } }"""
HEARTBEAT = "mutation($id: ID!) { playbackHeartbeat(sessionId: $id, positionSeconds: 0) { session { id } } }"
REFRESH = "mutation($token: String!) { refreshPlaybackToken(token: $token) { playbackToken } }"
STOP = "mutation($id: ID!) { stopPlayback(sessionId: $id) { session { id } } }"


async def find(gateway, film):
    if re.fullmatch("[0-9a-f]{64}", film):
        return film
    for edge in (await gateway.ask(FIND, search=film))["edges"]:
        for file in edge["node"]["files"]:
            if file["availability"]["isAvailable"]:
                return file["catalogId"]
    raise Failure(f"no peer has a film named {film}")


async def create_session(gateway, catalog_id):
    session = {"profileId": "main", "deviceId": "watch.py", "catalogId": catalog_id}
    created = await gateway.ask(CREATE, input=session)
    if created["__typename"] != "PlaybackSessionCreated":
        raise Failure(created.get("message", created["__typename"]))
    return created


async def connect(connection, gateway, session_id):
    """Offers the connection to whichever peer the platform chooses.

    Gives the viewer's end of the open channel, and the signals to come.
    """
    viewer = Viewer(connection.createDataChannel(LABEL))
    signals = gateway.subscribe(SIGNALS, id=session_id)
    # aiortc finds all candidates first, and its offer holds them. Others would send theirs one by one.
    await connection.setLocalDescription(await connection.createOffer())
    offer = {"type": "offer", "sdp": connection.localDescription.sdp}
    await gateway.ask(SIGNAL, id=session_id, signal={"offer": offer})
    answer = await receive_answer(signals)
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await viewer.opened.wait()
    return viewer, signals


async def receive_answer(signals):
    """The answer with the candidates that follow it, as aiortc tries only those it knows when it begins."""
    sdp, candidates = "", ""
    while "a=end-of-candidates" not in sdp:
        try:
            signal = await take(signals, SETTLE_SECONDS if sdp else None)
        except asyncio.TimeoutError:
            break
        if signal["__typename"] == "PeerLost":
            raise Failure("the peer went away")
        if signal["__typename"] == "SessionDescription":
            sdp = signal["sdp"]
        elif signal["candidate"]:
            candidates += f"a={signal['candidate']}\r\n"
    return sdp + candidates


async def stay(gateway, session_id, viewer, token):
    """A session that is not heard of for three beats has ended, and a peer serves nobody whose token has."""
    for beat in itertools.count(1):
        await asyncio.sleep(HEARTBEAT_SECONDS)
        with contextlib.suppress(OSError):  # The gateway may be away for a moment.
            await gateway.ask(HEARTBEAT, id=session_id)
            if beat % BEATS_PER_TOKEN == 0:
                token = (await gateway.ask(REFRESH, token=token))["playbackToken"]
                viewer.tell("token", token=token)


async def heed(signals):
    """The platform sees at once that a peer is gone; the channel only after its silence."""
    while (await take(signals))["__typename"] != "PeerLost":
        pass
    raise Failure("the peer went away")


async def fetch(viewer, catalog_id, token, wanted, output):
    start, end = wanted
    size = await viewer.open(token, catalog_id)
    began = time.monotonic()
    digest, length = hashlib.sha256(), 0
    async for data in viewer.read(start, end or size, size, catalog_id):
        output.write(data)
        digest.update(data)
        length += len(data)
    seconds = time.monotonic() - began
    print(f"{length} of {size} bytes, proven, in {seconds:.2f} s ({length / seconds / 1e6:.1f} MB/s)")
    print(f"sha256 {digest.hexdigest()}")


def forged(token):
    """The token with another signature."""
    claims, _, signature = token.rpartition(".")
    return f"{claims}.{'B' if signature.startswith('A') else 'A'}{signature[1:]}"


async def watch(options):
    gateway = Gateway(options.origin, options.bearer)
    catalog_id = await find(gateway, options.film)
    created = await create_session(gateway, catalog_id)
    session_id, token = created["session"]["id"], created["playbackToken"]
    connection = RTCPeerConnection(RTCConfiguration([RTCIceServer(**server) for server in created["iceServers"]]))
    try:
        viewer, signals = await asyncio.wait_for(connect(connection, gateway, session_id), CONNECT_SECONDS)
        beside = [viewer.fail_with(heed(signals)), viewer.fail_with(stay(gateway, session_id, viewer, token))]
        try:
            with open(options.output, "wb") as output:
                await fetch(viewer, catalog_id, forged(token) if options.forge else token, options.range, output)
        except Failure:
            if options.forge:  # Whoever asks all the same is to get nothing.
                with contextlib.suppress(Failure):
                    viewer.tell("read", id=2, start=0, end=1)
            raise
        finally:
            for task in beside:
                task.cancel()
            await viewer.leave()
            print(f"{viewer.received} bytes came from the peer")
    finally:
        await connection.close()
        await gateway.ask(STOP, id=session_id)


def byte_range(text):
    match = re.fullmatch(r"(\d+):(\d+)", text)
    if not match or int(match[1]) >= int(match[2]):
        raise argparse.ArgumentTypeError("give it as START:END with START below END")
    return int(match[1]), int(match[2])


def main():
    parser = argparse.ArgumentParser(description="Fetches a film from a peer.")
    parser.add_argument("origin", help="the gateway, such as http://localhost:4000")
    parser.add_argument("film", help="a part of its title, or its catalog id")
    parser.add_argument("--output", default=os.devnull, help="file to write")
    parser.add_argument("--range", type=byte_range, default=(0, None), help="bytes to fetch: START:END, END exclusive")
    parser.add_argument("--bearer", help="who is asking (npm run token); without it the demo user")
    parser.add_argument("--forge", action="store_true", help="shows a forged token, to see it refused")
    try:
        asyncio.run(watch(parser.parse_args()))
    except asyncio.TimeoutError:
        sys.exit("the peer was not reached, or did not answer, in time")
    except (Failure, OSError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
