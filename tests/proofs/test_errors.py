"""What rules/errors.toml says of each error is proven: its programs are run on the releases that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.ruleset.reported import load_errors
from starlette_upgrade.ruleset.selection import all_rules
from tests.proofs.errors import failures, unshown
from tests.proofs.stacks import SERIES, interpreter

if TYPE_CHECKING:
    from starlette_upgrade.ruleset.reported import ReportedError

ERRORS = load_errors()
RULES = all_rules(load_rules())

each_error = pytest.mark.parametrize("error", ERRORS, ids=[error.name for error in ERRORS])


@pytest.mark.network
@pytest.mark.skipif(interpreter() is None, reason=f"all releases run on Python {SERIES} only")
@each_error
def test_a_program_ends_with_it_as_the_file_says(error: ReportedError) -> None:
    assert failures(error) == []


@each_error
def test_what_nobody_shows_is_said_to_be_unproven(error: ReportedError) -> None:
    assert bool(unshown(error, RULES)) == bool(error.unproven)
    assert error.proofs, "some of it has to be shown"
