#!/usr/bin/env python3
"""Emits to the clients of a cluster that meets over Redis, with nothing but Python's own library.

As a program, to everybody in a namespace, or to a room:

    python3 samples/cluster/emit.py news '{"number": 1, "from": "Python"}'
    python3 samples/cluster/emit.py --room 'room 1' --skip 'room 2' news '{"number": 2, "from": "Python"}'

As a module:

    with Emitter('redis://127.0.0.1', prefix='colloquy') as io:
        io.emit('news', {'number': 1})
        chat = io.of('/chat')
        chat.to('room 1', 'room 2').skip('room 3').emit('said', 'hello', b'bytes')
        chat.to('room 1').join('room 4')
        chat.to('room 4').leave('room 1')
        chat.to(socket_id).disconnect()

What it writes is told in docs/bus.md. Nobody validates it: the nodes send on what arrives.
"""
import argparse
import json
import os
import socket
import ssl
import struct
from urllib.parse import unquote, urlsplit

VERSION, FIRST, LAST = 0xC1, 2, 4
PIECE = 1024 * 1024 - 16
LIMIT = 64 * 1024 * 1024
BROADCAST, JOIN, LEAVE, DISCONNECT = 3, 4, 5, 6
EVENT = 2


class Redis:
    """One connection, one command at a time."""

    def __init__(self, url):
        at = urlsplit(url)
        self._socket = socket.create_connection((at.hostname or '127.0.0.1', at.port or 6379), timeout=10)
        if at.scheme == 'rediss':
            self._socket = ssl.create_default_context().wrap_socket(self._socket, server_hostname=at.hostname)
        self._replies = self._socket.makefile('rb')
        if at.password:
            self.run('AUTH', *([unquote(at.username)] if at.username else []), unquote(at.password))

    def run(self, *words):
        parts = [word if isinstance(word, bytes) else word.encode() for word in words]
        head = b'*%d\r\n' % len(parts)
        self._socket.sendall(head + b''.join(b'$%d\r\n%b\r\n' % (len(part), part) for part in parts))
        reply = self._replies.readline()
        if not reply.endswith(b'\r\n'):
            raise ConnectionError('Redis has closed the connection')
        if reply.startswith(b'-'):
            raise RuntimeError(reply[1:].decode().strip())

    def close(self):
        self._replies.close()
        self._socket.close()


class Emitter:
    """Sends to the nodes of a cluster; `of` gives other namespaces than the main one."""

    def __init__(self, url='redis://127.0.0.1', prefix='colloquy'):
        self._redis = Redis(url)
        self._channel = f'{prefix}#all'
        self._id = os.urandom(8)
        self._number = 0

    def of(self, namespace):
        return Target(self, namespace)

    def to(self, *rooms):
        return self.of('/').to(*rooms)

    def skip(self, *rooms):
        return self.of('/').skip(*rooms)

    def emit(self, event, *values):
        self.of('/').emit(event, *values)

    def publish(self, message):
        """Cuts an encoded message into numbered frames."""
        body = encode(message)
        if len(body) > LIMIT:
            raise ValueError(f'a message of {len(body)} bytes is too large')
        for start in range(0, len(body), PIECE):
            end = min(start + PIECE, len(body))
            flags = (FIRST if start == 0 else 0) | (LAST if end == len(body) else 0)
            self._number += 1
            head = bytes([VERSION, flags]) + self._id + self._number.to_bytes(6, 'big')
            self._redis.run('PUBLISH', self._channel, head + body[start:end])

    def close(self):
        self._redis.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Target:
    """The clients of a namespace, or of some of its rooms. Every client has a room of its own id."""

    def __init__(self, emitter, namespace, rooms=(), skipped=()):
        self._emitter, self._namespace, self._rooms, self._skipped = emitter, namespace, rooms, skipped

    def to(self, *rooms):
        return Target(self._emitter, self._namespace, self._rooms + rooms, self._skipped)

    def skip(self, *rooms):
        return Target(self._emitter, self._namespace, self._rooms, self._skipped + rooms)

    def emit(self, event, *values):
        self._send(BROADCAST, packet={'type': EVENT, 'data': [event, *values]})

    def join(self, *rooms):
        self._send(JOIN, rooms=list(rooms))

    def leave(self, *rooms):
        self._send(LEAVE, rooms=list(rooms))

    def disconnect(self, close=False):
        """With `close`, from all namespaces."""
        self._send(DISCONNECT, close=close)

    def _send(self, kind, **data):
        opts = {'rooms': list(self._rooms), 'except': list(self._skipped), 'flags': {}}
        self._emitter.publish({'type': kind, 'nsp': self._namespace, 'data': {**data, 'opts': opts}})


def encode(message):
    """The length of a JSON text, the text, and the bytes that were lifted out of it."""
    binaries = []
    envelope = {'m': lift(message, [], binaries)}
    if binaries:
        envelope['b'] = [[path, len(value)] for path, value in binaries]
    text = json.dumps(envelope, ensure_ascii=False, allow_nan=False).encode()
    return struct.pack('>I', len(text)) + text + b''.join(value for _, value in binaries)


def lift(value, path, binaries):
    if isinstance(value, (bytes, bytearray)):
        binaries.append((path, bytes(value)))
        return None
    if isinstance(value, dict):
        return {key: lift(item, [*path, key], binaries) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [lift(item, [*path, index], binaries) for index, item in enumerate(value)]
    return value


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description='Emits an event to the clients of the sample cluster.')
    parser.add_argument('event')
    parser.add_argument('values', nargs='*', type=json.loads, help='as JSON')
    parser.add_argument('--namespace', default='/cluster')
    parser.add_argument('--room', action='append', default=[])
    parser.add_argument('--skip', action='append', default=[])
    given = parser.parse_args()
    broker = os.environ.get('BROKER', 'redis://127.0.0.1')
    with Emitter(broker, os.environ.get('PREFIX', 'colloquy-sample')) as io:
        io.of(given.namespace).to(*given.room).skip(*given.skip).emit(given.event, *given.values)
