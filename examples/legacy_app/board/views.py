import functools
import time

from starlette import status
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.schemas import SchemaGenerator

from board import __version__
from board.app import app
from board.errors import InvalidInput, LoginRequired
from board.live import notify
from board.store import Comment, Photo
from board.templating import templates

schemas = SchemaGenerator(
    {"openapi": "3.0.0", "info": {"title": "Photo board", "version": __version__}}
)


def login_required(endpoint):
    @functools.wraps(endpoint)
    async def wrapper(request: Request) -> Response:
        if "user" not in request.session:
            raise LoginRequired()
        return await endpoint(request)

    return wrapper


def get_photo(request: Request) -> Photo:
    photo = request.app.state.store.get(request.path_params["photo_id"])
    if photo is None:
        raise HTTPException(404, detail="No such photo")
    return photo


@app.route("/", name="home")
@app.route("/photos", name="photos", include_in_schema=False)
async def index(request: Request) -> Response:
    photos = request.app.state.store.newest_first()
    return templates.TemplateResponse("index.html", {"request": request, "photos": photos})


@app.route("/photos/{photo_id:int}", name="photo")
class PhotoPage(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        photo = get_photo(request)
        context = {
            "request": request,
            "photo": photo,
            "is_author": request.session.get("user") == photo.author,
        }
        return templates.TemplateResponse("photo.html", context)

    async def post(self, request: Request) -> Response:
        photo = get_photo(request)
        if "user" not in request.session:
            raise LoginRequired()
        form = await request.form()
        text = form.get("text", "").strip()
        if not text:
            raise InvalidInput("A comment needs some text.")
        photo.comments.append(Comment(request.session["user"], text))
        await notify("comment", photo)
        return RedirectResponse(request.url, status_code=status.HTTP_303_SEE_OTHER)

    async def delete(self, request: Request) -> Response:
        photo = get_photo(request)
        if request.session.get("user") != photo.author:
            raise HTTPException(status.HTTP_403_FORBIDDEN, detail="Only the author may do this")
        request.app.state.store.remove(photo)
        await notify("removed", photo)
        return Response(status_code=status.HTTP_204_NO_CONTENT)


@app.route("/login", methods=["GET", "POST"], name="login")
async def login(request: Request) -> Response:
    error = ""
    if request.method == "POST":
        form = await request.form()
        name = form.get("name", "").strip()
        if name.isalnum():
            request.session["user"] = name
            return RedirectResponse(request.url_for("home"), status_code=status.HTTP_303_SEE_OTHER)
        error = "Letters and digits only, please."
    return templates.TemplateResponse(
        "login.html",
        context={"request": request, "error": error},
        status_code=status.HTTP_422_UNPROCESSABLE_ENTITY if error else status.HTTP_200_OK,
    )


@app.route("/logout", methods=["POST"], name="logout", include_in_schema=False)
async def logout(request: Request) -> Response:
    request.session.clear()
    return RedirectResponse(request.url_for("home"), status_code=status.HTTP_303_SEE_OTHER)


@app.route("/feed", name="feed", include_in_schema=False)
def feed(request: Request) -> Response:
    return templates.TemplateResponse(
        name="feed.atom",
        context={"request": request, "photos": request.app.state.store.newest_first()[:20]},
        media_type="application/atom+xml",
    )


@app.route("/health", include_in_schema=False)
def health(request: Request) -> Response:
    uptime = time.monotonic() - request.app.state.started_at
    return JSONResponse({"version": __version__, "uptime": round(uptime, 3)})


@app.route("/schema", include_in_schema=False)
def schema(request: Request) -> Response:
    return schemas.OpenAPIResponse(request=request)
