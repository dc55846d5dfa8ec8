import pytest
from starlette.testclient import TestClient

from board import settings
from board.app import app
from board.store import Store
from tests.conftest import PNG


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


def test_startup_loads_the_saved_photos(data_dir):
    store = Store(data_dir)
    store.add("Harbour", "mira", "image/png", PNG)
    store.save()
    with TestClient(app) as client:
        assert client.get("/api/photos/1").json()["title"] == "Harbour"


def test_shutdown_saves_the_photos(data_dir):
    with TestClient(app):
        app.state.store = Store(data_dir)
        app.state.store.add("Harbour", "mira", "image/png", PNG)
    assert Store.load(data_dir).get(1).title == "Harbour"


def test_autosave_runs_until_shutdown(data_dir):
    with TestClient(app):
        assert not app.state.autosave.done()
    assert app.state.autosave.cancelled()


def test_health_tells_the_uptime(client):
    assert client.get("/health").json()["uptime"] >= 0
