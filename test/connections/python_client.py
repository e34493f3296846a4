"""Speaks every row of the contract on the wire, with no client of ours: prints what came, as JSON."""

import asyncio
import json
import sys

import socketio

NAMESPACE = "/contract"


async def main(url: str, transport: str) -> None:
    client = socketio.AsyncClient(reconnection=False)
    exceptions = []
    told = asyncio.Event()

    @client.on("exception", namespace=NAMESPACE)
    async def exception(value):
        exceptions.append(value)
        told.set()

    await client.connect(url, namespaces=[NAMESPACE], transports=[transport], wait_timeout=10)

    async def call(event, *args):
        return await client.call(event, args if len(args) != 1 else args[0], namespace=NAMESPACE, timeout=10)

    answers = {
        "value": await call("value"),
        "nothing": await call("nothing"),
        "several": await call("several"),
        "binary": (await call("binary", b"\x01\x02"))["bytes"] == b"\x01\x02",
        "point": await call("point", {"x": 1, "name": "a", "extra": True}),
        "invalid": await call("point", {"x": "one"}),
        "room": await call("room"),
        "throwsError": await call("throwsError"),
        "returnsCycle": await call("returnsCycle"),
        "nobody": await call("nobody"),
        "slow": await call("slow"),
        "byHand": await call("byHand"),
    }
    await client.emit("room", namespace=NAMESPACE)
    await asyncio.wait_for(told.wait(), 10)
    answers["exceptions"] = exceptions
    await client.disconnect()
    print(json.dumps(answers))


asyncio.run(main(sys.argv[1], sys.argv[2]))
