from board import settings
from tests.conftest import PNG


def test_upload_needs_login(client):
    response = client.get("/upload", allow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == "http://testserver/login"


def test_upload(member, store):
    assert 'accept="image/gif,image/jpeg,image/png"' in member.get("/upload").text
    response = member.post(
        "/upload",
        data={"title": "Sunrise"},
        files={"image": ("sunrise.png", PNG, "image/png")},
        allow_redirects=False,
        timeout=5,
    )
    assert response.status_code == 303
    assert response.headers["location"] == "http://testserver/photos/1"
    photo = store.get(1)
    assert (photo.title, photo.author) == ("Sunrise", "mira")
    assert store.path(photo).read_bytes() == PNG


def test_big_upload(member, store):
    content = PNG + bytes(1024 * 1024)
    response = member.post("/upload", files={"image": ("big.png", content, "image/png")})
    assert response.status_code == 200
    assert store.path(store.get(1)).read_bytes() == content


def test_upload_of_something_else(member, store):
    response = member.post("/upload", files={"image": ("notes.txt", b"hello", "text/plain")})
    assert response.status_code == 422
    assert "Please choose a GIF, JPEG or PNG picture." in response.text
    assert store.photos == {}


def test_upload_too_large(member, store, monkeypatch):
    monkeypatch.setattr(settings, "MAX_UPLOAD_BYTES", 10)
    response = member.post("/upload", files={"image": ("big.png", PNG, "image/png")})
    assert response.status_code == 413
    assert store.photos == {}


def test_download(client, photo):
    response = client.get("/photos/1/download")
    assert response.content == PNG
    assert response.headers["content-disposition"] == 'attachment; filename="photo-1.png"'


def test_media(client, photo):
    response = client.get("/media/1.png")
    assert response.content == PNG
    assert response.headers["content-type"] == "image/png"
    assert response.headers["cache-control"] == "max-age=86400"

    response = client.head("/media/1.png")
    assert response.headers["content-length"] == str(len(PNG))
    assert response.content == b""


def test_missing_media(client):
    response = client.get("/media/9.png")
    assert response.status_code == 404
    assert response.text == "No such picture"
