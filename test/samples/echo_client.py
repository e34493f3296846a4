"""Connects to the echo sample and prints what it is sent, as JSON."""

import asyncio
import json
import sys

import socketio


async def main(url: str) -> None:
    client = socketio.AsyncClient()
    responses = []
    joined = asyncio.Event()

    @client.on("my_response", namespace="/test")
    async def my_response(response):
        responses.append(response)
        if "rooms" in response:
            joined.set()

    await client.connect(url, namespaces=["/test"], wait_timeout=10)
    await client.call("my_event", {"data": "from Python"}, namespace="/test", timeout=10)
    await client.call("join", {"room": "green"}, namespace="/test", timeout=10)
    await asyncio.wait_for(joined.wait(), 10)
    await client.disconnect()
    print(json.dumps(responses))


asyncio.run(main(sys.argv[1]))
