import pytest
from starlette.testclient import TestClient

from board import settings
from board.app import app
from board.store import Store

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


@pytest.fixture
def client(store, monkeypatch):
    monkeypatch.setattr(settings, "DATA_DIR", store.data_dir)
    with TestClient(app) as client:
        app.state.store = store
        yield client


@pytest.fixture
def member(client):
    client.post("/login", data={"name": "mira"}, allow_redirects=False)
    return client


@pytest.fixture
def photo(store):
    return store.add("Harbour", "mira", "image/png", PNG)
