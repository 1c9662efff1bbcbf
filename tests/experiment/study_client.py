"""A participant of studies of both generations, with the standard library alone.

Written from the published reference of the original's Python client: APIClient with its methods and SimulationRun with
step(), which opens the play socket with the key in the handshake and advances once more for every input.
Usage: study_client.py URL EXPERIMENT
"""
import base64
import json
import os
import socket
import struct
import sys
import urllib.error
import urllib.parse
import urllib.request


class APIClient:
    def __init__(self, url="http://localhost:8080", api_key="", timeout=30.0):
        self.url, self.api_key, self.timeout = url.rstrip("/"), api_key, timeout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def request(self, method, path, body=None):
        headers = {"Accept": "*/*", "User-Agent": "python-httpx/0.28.1"}
        if self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key}"
        data = None
        if body is not None:
            data = json.dumps(body, separators=(",", ":")).encode()
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def must(self, method, path, body=None):
        status, answer = self.request(method, path, body)
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def register_player(self, body):
        return self.must("POST", "/api/player/registration", body)

    def auth(self):
        return self.must("POST", "/api/player/auth", {"api_key": self.api_key})

    def run_of(self, started):
        return SimulationRun(self, started["session_id"], started["ws_path"])


class SimulationRun:
    """One session: step('') reads the opening, later steps send an input."""

    def __init__(self, client, session_id, ws_path):
        self.client, self.session_id, self.path = client, session_id, ws_path
        self.history, self.turns, self.is_complete = [], 0, False
        self._socket, self._rest = None, b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._socket is not None:
            self._socket.close()

    def _connect(self):
        at = urllib.parse.urlsplit(self.client.url)
        self._socket = socket.create_connection((at.hostname, at.port), timeout=self.client.timeout)
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            (
                f"GET {self.path} HTTP/1.1\r\nHost: {at.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                f"Authorization: Bearer {self.client.api_key}\r\n\r\n"
            ).encode()
        )
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._socket.recv(4096)
        head, self._rest = head.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(head.decode())

    def _exactly(self, count):
        while len(self._rest) < count:
            got = self._socket.recv(65536)
            if not got:
                raise RuntimeError("the socket closed")
            self._rest += got
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def _send(self, opcode, data):
        mask = os.urandom(4)
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | len(data)) if len(data) < 126 else struct.pack("!BBH", 0x80 | opcode, 0xFE, len(data))
        self._socket.sendall(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def _frame(self):
        while True:
            first, second = self._exactly(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack("!H", self._exactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", self._exactly(8))
            data = self._exactly(size)
            if first & 0x0F == 9:
                self._send(10, data)
            elif first & 0x0F == 1:
                return json.loads(data)
            elif first & 0x0F == 8:
                raise RuntimeError("the socket closed")

    def step(self, user_input=""):
        if self._socket is None:
            self._connect()
        else:
            self._send(1, json.dumps({"type": "advance", "text": user_input}).encode())
        while True:
            frame = self._frame()
            if frame["type"] == "event":
                self.history.append(frame)
            elif frame["type"] == "turn_end":
                self.turns, self.is_complete = frame["turns"], frame["exited"]
                return self
            elif frame["type"] == "error":
                raise RuntimeError(frame["detail"])


def answer(question):
    options = question["options"] or [""]
    return {"number": 40, "bool": True, "single_choice": options[0], "multi_choice": options[:1]}.get(
        question["answer_type"], "Well."
    )


def responses(forms):
    return {
        form["name"]: {each["key"]: answer(each) for each in form["questions"] if each["answer_type"]} for form in forms
    }


def play(client, started):
    with client.run_of(started) as run:
        run.step()
        run.step("I look around.")
        for text in ["/finish"] + ["It was clear to me."] * 6:
            if run.is_complete:
                break
            run.step(text)
        return run.is_complete


PERSON = {
    "full_name": "Ada L.", "email": "ada@example.org", "phone_number": "1", "consent_signature": "Ada L.",
    "consent_to_followup": True,
}


def experiment(url, name):
    """DOC and MID: setup, before-forms, session, after-forms, and again until it is finished."""
    base = "/api/experiments/" + urllib.parse.quote(name)
    with APIClient(url) as client:
        client.api_key = client.register_player(PERSON)["api_key"]
        client.auth()
        played, first = [], None
        for _ in range(10):
            setup = client.must("GET", base + "/setup")
            before = [form for form in setup["forms"] if form["before_or_after"] == "before"]
            after = [form for form in setup["forms"] if form["before_or_after"] == "after"]
            if setup["pending_post_play"]:
                client.must("POST", base + "/post-play", {"responses": responses(after)})
            elif setup["assignment_completed"]:
                return {"played": played, "first": first, "progress": client.must("GET", base + "/progress")}
            elif setup["current_assignment"]:
                played.append(setup["current_assignment"]["game_name"])
                assert play(client, client.must("POST", base + "/sessions", {"source": "experiment"}))
            else:
                first = client.must("POST", base + "/players", {"responses": responses(before)})["assignment"]["game_name"]
        raise RuntimeError("the experiment does not end")


def run(url):
    """NEW: pending groups of forms, then what is next, until nothing is left."""
    with APIClient(url) as client:
        client.api_key = client.register_player(PERSON)["api_key"]
        played, groups = [], []
        for _ in range(30):
            setup = client.must("GET", "/api/run/setup")
            if setup["pending_form_groups"]:
                group = setup["pending_form_groups"][0]
                body = {"group_id": group["group_id"], "responses": responses(group["forms"])}
                groups.append(client.must("POST", "/api/run/forms/submit", body)["trigger"]["event"])
            elif setup["current_assignment"]:
                played.append(setup["current_assignment"]["game_name"])
                body = {"source": "run", "assignment_id": setup["current_assignment"]["assignment_id"]}
                assert play(client, client.must("POST", "/api/run/sessions", body))
            else:
                return {"played": played, "groups": groups, "next": setup["next_assignment"]["reason"]}
        raise RuntimeError("the run does not end")


if __name__ == "__main__":
    print(json.dumps({"experiment": experiment(sys.argv[1], sys.argv[2]), "run": run(sys.argv[1])}))
