from pathlib import Path

from starlette.config import Config
from starlette.datastructures import Secret

BASE_DIR = Path(__file__).resolve().parent.parent

config = Config()

DEBUG = config("BOARD_DEBUG", cast=bool, default=False)
SECRET_KEY = config("BOARD_SECRET_KEY", cast=Secret, default="not-a-secret")
DATA_DIR = config("BOARD_DATA_DIR", cast=Path, default=BASE_DIR / "data")
TEMPLATE_DIR = BASE_DIR / "templates"
READ_ONLY = config("BOARD_READ_ONLY", cast=bool, default=False)
AUTOSAVE_SECONDS = config("BOARD_AUTOSAVE_SECONDS", cast=int, default=60)
MAX_UPLOAD_BYTES = config("BOARD_MAX_UPLOAD_BYTES", cast=int, default=2 * 1024 * 1024)
