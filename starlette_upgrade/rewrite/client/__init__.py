"""Rewrites of how tests use a TestClient: from requests to httpx."""
