"""How many examples are tried: few and always the same ones in `make test`, as many as asked for in `make fuzz`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable

ASKED = int(os.environ.get("FUZZ_EXAMPLES", "0"))


def budget(few: int) -> Callable[[Any], Any]:
    """Settings for a test that takes `few` examples unless more are asked for."""
    return settings(
        deadline=None,
        max_examples=ASKED or few,
        derandomize=not ASKED,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        print_blob=bool(ASKED),
    )
