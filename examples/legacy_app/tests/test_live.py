from functools import partial

import pytest
from starlette.websockets import WebSocketDisconnect

from board import live


def test_live_announces_comments(client, photo):
    with client.websocket_connect("/live") as websocket:
        assert websocket.receive_json() == {"event": "hello", "photos": 1}
        client.post("/api/photos/1/comments", json={"author": "tomek", "text": "Nice"})
        websocket.send_text("ping")
        assert websocket.receive_json() == {
            "event": "comment",
            "photo": 1,
            "title": "Harbour",
            "author": "tomek",
            "text": "Nice",
        }
        assert websocket.receive_json() == {"event": "pong"}


def test_discussion(member, photo):
    with member.websocket_connect("/photos/1/live") as websocket:
        assert websocket.receive_json() == {"event": "hello", "comments": 0}
        websocket.send_json({"text": "Anyone here?"})
        message = websocket.receive_json()
        assert (message["event"], message["author"]) == ("comment", "mira")
        assert websocket.receive_json() == {"event": "saved"}
    assert photo.comments[0].text == "Anyone here?"


def test_discussion_needs_login(client, photo):
    with client.websocket_connect("/photos/1/live") as websocket:
        with pytest.raises(WebSocketDisconnect) as caught:
            websocket.receive_json()
    assert caught.value.code == 1008


def test_listeners_may_be_plain_or_async(client, photo, monkeypatch):
    heard = []

    def plain(event, photo):
        heard.append(("plain", event, photo.id))

    async def asynchronous(label, event, photo):
        heard.append((label, event, photo.id))

    monkeypatch.setattr(live, "listeners", [plain, partial(asynchronous, "async")])
    client.post("/api/photos/1/comments", json={"author": "tomek", "text": "Nice"})
    assert heard == [("plain", "comment", 1), ("async", "comment", 1)]
