from datetime import datetime

from starlette.templating import Jinja2Templates

from board import __version__, settings

templates = Jinja2Templates(directory=str(settings.TEMPLATE_DIR), trim_blocks=True)


def day(timestamp: str) -> str:
    return datetime.fromisoformat(timestamp).strftime("%d %B %Y")


templates.env.filters["day"] = day
templates.env.globals["version"] = __version__
