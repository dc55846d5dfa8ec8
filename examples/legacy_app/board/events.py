import asyncio
import time

from starlette.concurrency import run_in_threadpool

from board import settings
from board.app import app
from board.store import Store


async def autosave() -> None:
    while True:
        await asyncio.sleep(settings.AUTOSAVE_SECONDS)
        await run_in_threadpool(app.state.store.save)


@app.on_event("startup")
def open_store() -> None:
    app.state.store = Store.load(settings.DATA_DIR)
    app.state.started_at = time.monotonic()


@app.on_event("startup")
async def start_autosave() -> None:
    app.state.autosave = asyncio.create_task(autosave())


async def stop_autosave() -> None:
    app.state.autosave.cancel()
    await asyncio.gather(app.state.autosave, return_exceptions=True)


def save_store() -> None:
    app.state.store.save()


app.add_event_handler("shutdown", stop_autosave)
app.add_event_handler("shutdown", save_store)
