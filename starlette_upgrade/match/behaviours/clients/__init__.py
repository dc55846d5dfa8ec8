"""Behaviours: how tests use a TestClient."""
