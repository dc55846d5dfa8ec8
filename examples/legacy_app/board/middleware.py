import uuid

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.status import HTTP_503_SERVICE_UNAVAILABLE

from board import settings
from board.app import app


@app.middleware("http")
async def refuse_writes(request: Request, call_next) -> Response:
    if settings.READ_ONLY and request.method not in ("GET", "HEAD", "OPTIONS"):
        return PlainTextResponse(
            "The board is read-only at the moment.",
            status_code=HTTP_503_SERVICE_UNAVAILABLE,
            headers={"Retry-After": "600"},
        )
    return await call_next(request)


# Registered last, so it runs first and marks the answers of refuse_writes too.
@app.middleware("http")
async def add_request_id(request: Request, call_next) -> Response:
    request.state.request_id = request.headers.get("X-Request-ID", uuid.uuid4().hex)
    response = await call_next(request)
    response.headers["X-Request-ID"] = request.state.request_id
    return response
