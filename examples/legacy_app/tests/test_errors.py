from board import settings


def test_not_found_page(client):
    response = client.get("/nowhere", headers={"X-Request-ID": "abc"})
    assert response.status_code == 404
    assert "There is no such page on this board." in response.text
    assert "Request abc" in response.text
    assert response.headers["X-Request-ID"] == "abc"


def test_not_found_in_the_api(client):
    response = client.get("/api/photos/7")
    assert response.status_code == 404
    assert response.json() == {"error": "No such photo"}


def test_unknown_api_path(client):
    response = client.get("/api/nowhere")
    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


def test_refused_writes_carry_a_request_id(client, monkeypatch):
    monkeypatch.setattr(settings, "READ_ONLY", True)
    assert client.get("/").status_code == 200
    response = client.post("/login", data={"name": "mira"}, headers={"X-Request-ID": "abc"})
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "600"
    assert response.headers["X-Request-ID"] == "abc"
