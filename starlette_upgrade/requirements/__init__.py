"""Which Starlette a project runs today, and how we know: the default of `--from`."""

from starlette_upgrade.requirements.detection import Detection, detect
from starlette_upgrade.requirements.resolution import Detected

__all__ = ["Detected", "Detection", "detect"]
