from starlette import status
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from board.app import app
from board.templating import templates


class BoardError(Exception):
    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(BoardError):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


class UploadTooLarge(BoardError):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class LoginRequired(Exception):
    pass


def wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/")


@app.exception_handler(404)
async def not_found(request: Request, exc: HTTPException) -> Response:
    if wants_json(request):
        return JSONResponse({"error": exc.detail}, status_code=404)
    context = {"request": request, "title": "Not found"}
    context["message"] = "There is no such page on this board."
    return templates.TemplateResponse("error.html", context, status_code=404)


@app.exception_handler(BoardError)
async def board_error(request: Request, exc: BoardError) -> Response:
    if wants_json(request):
        return JSONResponse({"error": exc.message}, status_code=exc.status_code)
    return templates.TemplateResponse(
        "error.html",
        dict(request=request, title="That did not work", message=exc.message),
        status_code=exc.status_code,
    )


@app.exception_handler(LoginRequired)
def login_required(request: Request, exc: LoginRequired) -> Response:
    return RedirectResponse(request.url_for("login"), status_code=status.HTTP_303_SEE_OTHER)
