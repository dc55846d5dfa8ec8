import json
from typing import Any, Dict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Router
from starlette.status import HTTP_201_CREATED

from board.app import app
from board.errors import InvalidInput
from board.live import notify
from board.store import Comment, Photo
from board.views import get_photo

router = Router()


def serialize(request: Request, photo: Photo) -> Dict[str, Any]:
    return {
        "id": photo.id,
        "title": photo.title,
        "author": photo.author,
        "posted_at": photo.posted_at,
        "comments": len(photo.comments),
        "url": str(request.url_for("api:photo", photo_id=photo.id)),
        "image": str(request.url_for("media", path=photo.filename)),
    }


@router.route("/photos", name="photos")
async def photo_list(request: Request) -> Response:
    """
    summary: The photos, newest first
    parameters:
      - {name: author, in: query, schema: {type: string}}
    """
    photos = request.app.state.store.newest_first()
    author = request.query_params.get("author")
    if author:
        photos = [photo for photo in photos if photo.author == author]
    return JSONResponse({"photos": [serialize(request, photo) for photo in photos]})


@router.route("/photos/{photo_id:int}", name="photo")
async def photo_detail(request: Request) -> Response:
    """
    summary: One photo
    """
    return JSONResponse(serialize(request, get_photo(request)))


@router.route("/photos/{photo_id:int}/comments", methods=["GET", "POST"], name="comments")
async def comments(request: Request) -> Response:
    """
    summary: The comments of a photo, oldest first
    """
    photo = get_photo(request)
    if request.method == "POST":
        try:
            data = await request.json()
            comment = Comment(author=data["author"], text=data["text"])
        except (json.JSONDecodeError, KeyError, TypeError):
            raise InvalidInput("Expected an object with author and text")
        photo.comments.append(comment)
        await notify("comment", photo)
        return JSONResponse({"author": comment.author, "text": comment.text}, HTTP_201_CREATED)
    return JSONResponse(
        {"comments": [{"author": item.author, "text": item.text} for item in photo.comments]}
    )


@router.route("/ping", include_in_schema=False)
def ping(request: Request) -> Response:
    """
    summary: For the load balancer
    """
    return JSONResponse({"pong": True})


app.mount("/api", router, name="api")
