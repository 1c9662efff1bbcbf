"""A client written from the source text of the protocol alone (its sections 3 to 5 and 7.3), with Python's standard library.

usage: source_client.py BASE_URL AGENT_ID TOKEN BEATS

The one thing that the text does not have is where to send a token, and where to read outcomes: both are marked.
Prints one JSON object a line for each request, and exits 0 when every answer was one of those that the text names.
"""
import json
import random
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone

RETRYABLE = {"BRIDGE_UNAVAILABLE", "PERCEPTION_TIMEOUT", "COMMAND_CONFLICT", "INTERNAL_ERROR"}
base, agent, token, beats = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])


def say(**line):
    print(json.dumps(line), flush=True)


def call(method, path, payload=None):
    request = urllib.request.Request(base + path, method=method)
    request.add_header("Authorization", "Bearer " + token)  # not in the text
    data = None
    if payload is not None:
        data = json.dumps(payload).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, data, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def now():
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def perceive():
    status, body = call("GET", "/perception?agent_id=" + agent)
    assert status == 200, body
    assert body["protocol_version"].split(".")[0] == "1" and body["agent_id"] == agent
    assert 0 <= body["health"]["current"] <= body["health"]["max"]
    assert isinstance(body["location"]["cell"], str)
    for each in body["nearby_entities"]:
        assert each["entity_type"] in ("npc", "creature", "item", "door", "container") and each["distance"] >= 0
    return body


def command(perception, beat, word, params, why):
    return {
        "protocol_version": "1.0.0",
        "timestamp": now(),
        "agent_id": agent,
        "command": word,
        "params": params,
        "reasoning": why,
        "episode_id": "ep_source_client",
        "context": {"perception_timestamp": perception["timestamp"], "heartbeat_cycle": beat},
    }


def send(payload):
    """Section 7.3: 100 ms, doubled to 5 s at most, 5 retries, 50 ms of jitter."""
    delay = 0.1
    for retry in range(6):
        status, body = call("POST", "/command", payload)
        if status == 202:
            assert body["status"] == "accepted" and body["logged"] is True and body["command_id"]
        else:
            error = body["error"]
            assert set(error) == {"code", "message", "details", "timestamp"}, body
        say(post=payload["command"], status=status, code=body.get("error", {}).get("code"))
        if status == 202 or body["error"]["code"] not in RETRYABLE:
            return status, body
        time.sleep(max(0, min(5, delay) + random.uniform(-0.05, 0.05)))
        delay *= 2
    return status, body


def choose(perception, beat):
    """Look at what is near, walk to it, take it up; else wait."""
    near = perception["nearby_entities"]
    if near and beat % 3 == 0:
        return "interact", {"entity_id": near[0]["entity_id"], "interaction_type": "examine"}, "What is this?"
    if near and beat % 3 == 1:
        return "move_to", {"entity_id": near[beat % len(near)]["entity_id"]}, "Closer."
    return "wait", {"duration_seconds": 120}, "Let us see."


for beat in range(beats):
    perception = perceive()
    say(cell=perception["location"]["cell"], near=len(perception["nearby_entities"]))
    status, body = send(command(perception, beat, *choose(perception, beat)))
    assert status == 202, body
    # While the agent is busy there is 409, unless it was quicker than we are.
    busy, refusal = call("POST", "/command", command(perception, beat, "noop", {}, "Am I busy?"))
    say(probe=busy, code=refusal.get("error", {}).get("code"))
    assert busy == 202 or (busy == 409 and refusal["error"]["code"] == "COMMAND_CONFLICT"), refusal
    while True:  # not in the text
        _, report = call("GET", "/commands/" + body["command_id"])
        if report["status"] in ("done", "failed"):
            say(outcome=report["outcome"], status=report["status"])
            break
        time.sleep(0.01)

status, body = call("POST", "/command", command(perception, 0, "fly_to_moon", {}, "Why not."))
assert status == 400 and body["error"]["code"] == "INVALID_COMMAND", body
status, body = call("POST", "/command", command(perception, 0, "noop", {}, ""))
assert status == 400 and body["error"]["code"] == "VALIDATION_ERROR", body
status, body = call("GET", "/morrowind/status")
assert status == 200 and body["bridge_connected"] and body["protocol_version"] == "1.0.0", body
say(finished=True, engine=body["engine"], last=body["last_perception_at"])
