"""`python -m starlette_upgrade`."""

from starlette_upgrade.cli import console

if __name__ == "__main__":
    console()
