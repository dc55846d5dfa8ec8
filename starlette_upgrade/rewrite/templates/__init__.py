"""Rewrites of templates: responses with the request first, and the environment behind them."""
