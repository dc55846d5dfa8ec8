from starlette import status
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import ExceptionMiddleware, HTTPException
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from board import settings
from board.app import app
from board.errors import InvalidInput, UploadTooLarge
from board.live import notify
from board.store import SUFFIXES
from board.templating import templates
from board.views import get_photo, login_required

# Most pictures are smaller than this and never touch the temporary directory.
MultiPartParser.max_file_size = 512 * 1024


@app.route("/upload", methods=["GET", "POST"], name="upload")
@login_required
async def upload(request: Request) -> Response:
    if request.method == "GET":
        context = {"request": request, "types": sorted(SUFFIXES)}
        return templates.TemplateResponse("upload.html", context=context)

    async with request.form() as form:
        title = form.get("title", "").strip() or "Untitled"
        image = form.get("image")
        if not isinstance(image, UploadFile) or image.content_type not in SUFFIXES:
            raise InvalidInput("Please choose a GIF, JPEG or PNG picture.")
        content = await image.read()
    if len(content) > settings.MAX_UPLOAD_BYTES:
        raise UploadTooLarge(f"Pictures may have {settings.MAX_UPLOAD_BYTES} bytes at most.")

    photo = await run_in_threadpool(
        request.app.state.store.add,
        title=title,
        author=request.session["user"],
        content_type=image.content_type,
        content=content,
    )
    await notify("photo", photo)
    url = request.url_for("photo", photo_id=photo.id)
    return RedirectResponse(url, status_code=status.HTTP_303_SEE_OTHER)


@app.route("/photos/{photo_id:int}/download", methods=["GET"], name="download")
async def download(request: Request) -> Response:
    photo = get_photo(request)
    path = request.app.state.store.path(photo)
    return FileResponse(path, filename=f"photo-{photo.filename}", method="GET")


async def media(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    if request.method not in ("GET", "HEAD"):
        raise HTTPException(status.HTTP_405_METHOD_NOT_ALLOWED)
    name = request.url.path.rsplit("/", 1)[-1]
    path = request.app.state.store.media_dir / name
    if not path.is_file():
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    headers = {"Cache-Control": "max-age=86400"}
    response = FileResponse(path, headers=headers, method=request.method)
    await response(scope, receive, send)


def no_picture(request: Request, exc: HTTPException) -> Response:
    return PlainTextResponse("No such picture", status_code=exc.status_code)


app.mount("/media", ExceptionMiddleware(media, handlers={404: no_picture}), name="media")
