def test_photo_list(client, photo):
    response = client.get("/api/photos", timeout=5)
    assert response.status_code == 200
    (item,) = response.json()["photos"]
    assert item["title"] == "Harbour"
    assert item["comments"] == 0
    assert item["url"] == "http://testserver/api/photos/1"
    assert item["image"] == "http://testserver/media/1.png"
    assert client.get("/api/photos?author=tomek").json() == {"photos": []}


def test_add_comment(client, photo):
    comment = {"author": "tomek", "text": "Where is this?"}
    response = client.post("/api/photos/1/comments", json=comment)
    assert response.status_code == 201
    assert response.json() == comment
    assert client.get("/api/photos/1").json()["comments"] == 1
    assert client.get("/api/photos/1/comments").json() == {"comments": [comment]}


def test_invalid_comment(client, photo):
    response = client.post("/api/photos/1/comments", json={"text": "Where is this?"})
    assert response.status_code == 422
    assert response.json() == {"error": "Expected an object with author and text"}


def test_photo_list_is_read_only(client):
    assert client.post("/api/photos", json={}).status_code == 405
