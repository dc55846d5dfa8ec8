"""The history of releases: what Starlette's release notes count, brought into rules/history.toml.

    python -m scripts.history RELEASE_NOTES [--wheels FOLDER] [--check]

RELEASE_NOTES is docs/release-notes.md of a checkout of Starlette, or of its newest source distribution, which
holds it, too. FOLDER holds wheels of Starlette, such as `pip download --no-deps --ignore-requires-python` leaves;
of these the Python floors are taken. Nothing is fetched. `--check` writes nothing and fails if something differs.

What it does for each release of rules/releases.toml, and what it leaves to the maintainer:

* `date` is the one in the heading of the notes. Up to 0.13.8 they have none: there it is the date of the commit
  that the release was made of.
* `features` is the number of items below "Added", `fixes` of those below "Fixed". What is below "Changed",
  "Removed" and "Deprecated" is what the rules are about, which do their own counting.
* Where the notes have no such lists, both numbers are kept as they stand, with `by_hand = true`: they were counted
  by reading the notes and the commits, without those that a user of the package can't notice.
* `line` and `yanked` are written by hand. A release that is new has an empty `line`, and is named as unfinished.
"""
