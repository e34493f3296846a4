"""The benchmark's contract on Flask-SocketIO, with Debian's packages: apt-get install python3-flask-socketio python3-eventlet."""

import json
import logging
import os
import sys
import time

import eventlet
import eventlet.wsgi
from eventlet import tpool
from flask import Flask
from flask_socketio import SocketIO, emit

settings = json.loads(os.environ["BENCH_SETTINGS"])
logging.disable(logging.CRITICAL)

app = Flask(__name__)
socketio = SocketIO(app, async_mode="eventlet", transports=["websocket"], http_compression=False, cors_allowed_origins="*")


def issues_of(message):
    issues = []
    fields = message if isinstance(message, dict) else {}
    room, text, n = fields.get("room"), fields.get("text"), fields.get("n")
    if not isinstance(room, str) or not 1 <= len(room) <= 40:
        issues.append({"path": "room", "rule": "isLength", "message": "room must be longer than or equal to 1 characters"})
    if not isinstance(text, str) or len(text) > 2000:
        issues.append({"path": "text", "rule": "maxLength", "message": "text must be shorter than or equal to 2000 characters"})
    if not isinstance(n, int) or isinstance(n, bool):
        issues.append({"path": "n", "rule": "isInt", "message": "n must be an integer number"})
    return issues


@socketio.on("echo", namespace="/bench")
def echo(value):
    return value


@socketio.on("say", namespace="/bench")
def say(message):
    issues = issues_of(message)
    if issues:
        return {"error": {"code": "invalid", "message": "The payload does not fit.", "issues": issues}}
    return {"ok": True, "n": message["n"]}


@socketio.on("broadcast", namespace="/bench")
def broadcast(count):
    for i in range(count):
        emit("news", {"text": "hello", "i": i}, broadcast=True)
    return count


for number in range(settings["namespaces"]):
    namespace = f"/bench{number or ''}"
    for i in range(settings["handlers"]):
        socketio.on_event(f"other{i}", lambda value: value, namespace=namespace)


def say_to_runner(answer):
    sys.stdout.write(f"@bench {json.dumps(answer)}\n")
    sys.stdout.flush()


def cpu():
    return {"cpu": time.process_time_ns() / 1000}


def control():
    while line := tpool.execute(sys.stdin.readline):
        say_to_runner(cpu() if line.strip() == "cpu" else {})
    os._exit(0)


listener = eventlet.listen(("127.0.0.1", 0), backlog=1024)
say_to_runner({"port": listener.getsockname()[1], **cpu()})
eventlet.spawn(control)
eventlet.wsgi.server(listener, app, log_output=False, max_size=4096)
