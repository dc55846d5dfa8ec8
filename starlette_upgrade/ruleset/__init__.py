"""rules/*.toml to Rule objects, and what they mean between two releases."""
