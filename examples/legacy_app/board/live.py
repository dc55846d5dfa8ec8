import logging
from functools import partial
from typing import Any, Callable, Dict, List, Optional

from starlette import status
from starlette.concurrency import run_in_threadpool
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import iscoroutinefunction_or_partial
from starlette.websockets import WebSocket, WebSocketDisconnect

from board.app import app
from board.store import Comment, Photo

logger = logging.getLogger(__name__)

QUIET_CLOSE_CODES = {
    status.WS_1000_NORMAL_CLOSURE,
    status.WS_1001_GOING_AWAY,
    status.WS_1005_ABNORMAL_CLOSURE,
}

Watchers = Dict[WebSocket, Optional[int]]

# Open connections and the photo they follow, None for all of them.
watchers: Watchers = {}


async def broadcast(watchers: Watchers, event: str, photo: Photo) -> None:
    message = {"event": event, "photo": photo.id, "title": photo.title}
    if event == "comment":
        comment = photo.comments[-1]
        message.update(author=comment.author, text=comment.text)
    for websocket, photo_id in list(watchers.items()):
        if photo_id in (None, photo.id):
            await websocket.send_json(message)


def log_event(event: str, photo: Photo) -> None:
    logger.info("%s on photo %d", event, photo.id)


# Called with the name of the event and the photo; plain and async functions are welcome.
listeners: List[Callable[[str, Photo], Any]] = [log_event, partial(broadcast, watchers)]


async def notify(event: str, photo: Photo) -> None:
    for listener in listeners:
        if iscoroutinefunction_or_partial(listener):
            await listener(event, photo)
        else:
            await run_in_threadpool(listener, event, photo)


@app.websocket_route("/live", name="live")
async def live(websocket: WebSocket) -> None:
    await websocket.accept()
    watchers[websocket] = None
    try:
        await websocket.send_json({"event": "hello", "photos": len(app.state.store.photos)})
        while True:
            await websocket.receive_text()
            await websocket.send_json({"event": "pong"})
    except WebSocketDisconnect:
        pass
    finally:
        del watchers[websocket]


class Discussion(WebSocketEndpoint):
    encoding = "json"

    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        photo = app.state.store.get(websocket.path_params["photo_id"])
        self.author = websocket.session.get("user")
        if photo is None or self.author is None:
            await websocket.close(code=status.WS_1008_POLICY_VIOLATION)
            return
        self.photo = photo
        watchers[websocket] = photo.id
        await websocket.send_json({"event": "hello", "comments": len(photo.comments)})

    async def on_receive(self, websocket: WebSocket, data: Any) -> None:
        if websocket not in watchers:
            return
        self.photo.comments.append(Comment(self.author, data["text"]))
        await notify("comment", self.photo)
        await websocket.send_json({"event": "saved"})

    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
        watchers.pop(websocket, None)
        if close_code not in QUIET_CLOSE_CODES:
            logger.warning("discussion closed with code %d", close_code)


app.add_websocket_route("/photos/{photo_id:int}/live", Discussion, name="discussion")
