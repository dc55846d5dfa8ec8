import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, List, Optional

SUFFIXES = {"image/gif": ".gif", "image/jpeg": ".jpg", "image/png": ".png"}


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


@dataclass
class Comment:
    author: str
    text: str
    posted_at: str = field(default_factory=now)


@dataclass
class Photo:
    id: int
    title: str
    author: str
    content_type: str
    posted_at: str = field(default_factory=now)
    comments: List[Comment] = field(default_factory=list)

    @property
    def filename(self) -> str:
        return f"{self.id}{SUFFIXES[self.content_type]}"

    def to_dict(self) -> Dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Dict[str, Any]) -> "Photo":
        comments = [Comment(**comment) for comment in data["comments"]]
        return cls(**{**data, "comments": comments})


class Store:
    """The photos, with an index in JSON and the pictures as files next to it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.media_dir = data_dir / "media"
        self.index = data_dir / "index.json"
        self.photos: Dict[int, Photo] = {}
        self.last_id = 0

    @classmethod
    def load(cls, data_dir: Path) -> "Store":
        store = cls(data_dir)
        if store.index.exists():
            data = json.loads(store.index.read_text(encoding="utf-8"))
            store.last_id = data["last_id"]
            store.photos = {item["id"]: Photo.from_dict(item) for item in data["photos"]}
        return store

    def save(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        photos = [photo.to_dict() for photo in self.photos.values()]
        data = {"last_id": self.last_id, "photos": photos}
        self.index.write_text(json.dumps(data, indent=2), encoding="utf-8")

    def add(self, title: str, author: str, content_type: str, content: bytes) -> Photo:
        self.last_id += 1
        photo = Photo(self.last_id, title, author, content_type)
        self.media_dir.mkdir(parents=True, exist_ok=True)
        self.path(photo).write_bytes(content)
        self.photos[photo.id] = photo
        return photo

    def remove(self, photo: Photo) -> None:
        del self.photos[photo.id]
        self.path(photo).unlink()

    def get(self, photo_id: int) -> Optional[Photo]:
        return self.photos.get(photo_id)

    def path(self, photo: Photo) -> Path:
        return self.media_dir / photo.filename

    def newest_first(self) -> List[Photo]:
        return sorted(self.photos.values(), key=lambda photo: photo.id, reverse=True)
