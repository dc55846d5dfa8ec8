import xml.etree.ElementTree as ElementTree

from tests.conftest import PNG


def test_empty_board(client):
    response = client.get("/", timeout=5)
    assert response.status_code == 200
    assert "No photos yet." in response.text


def test_index_has_two_addresses(client, photo):
    for path in ("/", "/photos"):
        response = client.get(path, allow_redirects=False)
        assert response.status_code == 200
        assert "Harbour by mira" in response.text


def test_titles_are_escaped(client, store):
    store.add("<b>Loud</b>", "mira", "image/png", PNG)
    response = client.get("/")
    assert "&lt;b&gt;Loud&lt;/b&gt;" in response.text


def test_photo_page(client, photo):
    response = client.get("/photos/1")
    assert response.status_code == 200
    assert "<h1>Harbour</h1>" in response.text
    assert 'src="http://testserver/media/1.png"' in response.text
    assert "Delete" not in response.text


def test_comment(member, photo):
    response = member.post("/photos/1", data={"text": "Lovely"}, allow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == "http://testserver/photos/1"
    assert "Lovely <cite>mira</cite>" in member.get("/photos/1").text


def test_comment_needs_login(client, photo):
    response = client.post("/photos/1", data={"text": "Lovely"}, allow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == "http://testserver/login"
    assert photo.comments == []


def test_delete(member, store, photo):
    assert "Delete" in member.get("/photos/1").text
    assert member.delete("/photos/1").status_code == 204
    assert member.get("/photos/1").status_code == 404
    assert not store.path(photo).exists()


def test_only_the_author_deletes(client, photo):
    response = client.delete("/photos/1")
    assert response.status_code == 403
    assert response.text == "Only the author may do this"


def test_login_and_logout(client):
    response = client.post("/login", data={"name": "mira"})
    assert str(response.url) == "http://testserver/"
    assert "Log out mira" in response.text

    response = client.post("/logout", allow_redirects=False)
    assert response.status_code == 303
    assert "Log out" not in client.get("/").text


def test_login_refuses_odd_names(client):
    response = client.post("/login", data={"name": "<mira>"})
    assert response.status_code == 422
    assert "Letters and digits only" in response.text


def test_feed(client, store):
    store.add("Tea & cake <3", "mira", "image/png", PNG)
    response = client.get("/feed")
    assert response.headers["content-type"] == "application/atom+xml"
    assert "\n\n" not in response.text
    title = ElementTree.fromstring(response.text).find("{*}entry/{*}title")
    assert title.text == "Tea & cake <3"


def test_schema_lists_the_documented_api(client):
    response = client.get("/schema")
    assert response.status_code == 200
    assert "/api/photos/{photo_id}/comments:" in response.text
    assert "/api/ping" not in response.text
    assert client.get("/api/ping").json() == {"pong": True}
