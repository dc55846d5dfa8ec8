"""Names: how new code reaches something, where a new name goes, and the imports that it takes."""
