from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware

from board import settings

app = Starlette(debug=settings.DEBUG)
app.add_middleware(SessionMiddleware, secret_key=str(settings.SECRET_KEY), session_cookie="board")

# These modules register themselves on the application.
from board import errors, middleware  # noqa: E402,F401
from board import api, live, uploads, views  # noqa: E402,F401
from board import events  # noqa: E402,F401
