"""An app as Starlette's documentation writes it: routes, middleware and handlers in tables of its constructor."""
