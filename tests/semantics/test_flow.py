"""Which of a name's values holds where: order, branches, scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.semantics.conftest import Reveal, RevealAll

IMPORTS = """\
from starlette.applications import Starlette
from starlette.routing import Router
from starlette.testclient import TestClient
"""


class TestOrder:
    def test_a_name_is_what_it_was_last_given(self, reveal_all: RevealAll) -> None:
        source = "x = Starlette()\nreveal(x)\nx = Router()\nreveal(x)"
        assert reveal_all(IMPORTS + source) == ["Starlette", "Router"]

    def test_a_value_may_be_made_from_the_names_old_value(self, reveal_all: RevealAll) -> None:
        source = "x = Starlette()\nx = TestClient(reveal(x))\nreveal(x)"
        assert reveal_all(IMPORTS + source) == ["Starlette", "TestClient"]

    def test_inside_a_function_order_counts_too(self, reveal_all: RevealAll) -> None:
        source = "def f():\n    x = Starlette()\n    reveal(x)\n    x = Router()\n    reveal(x)"
        assert reveal_all(IMPORTS + source) == ["Starlette", "Router"]

    def test_a_function_sees_what_the_module_ended_with(self, reveal: Reveal) -> None:
        assert reveal(IMPORTS + "x = Starlette()\ndef f():\n    reveal(x)\nx = Router()") == "Router"

    def test_another_module_sees_what_the_module_ended_with(self, reveal: Reveal) -> None:
        files = {"a.py": IMPORTS + "x = Starlette()\nx = Router()", "main.py": "from a import x\nreveal(x)"}
        assert reveal(files) == "Router"

    def test_a_parameter_holds_until_it_is_given_anew(self, reveal_all: RevealAll) -> None:
        source = "def f(x: Router):\n    reveal(x)\n    x = Starlette()\n    reveal(x)"
        assert reveal_all(IMPORTS + source) == ["Router", "Starlette"]

    def test_a_parameter_given_anew_on_a_condition_may_be_either(self, reveal: Reveal) -> None:
        source = "def f(x: Router):\n    if debug:\n        x = Starlette()\n    reveal(x)"
        assert reveal(IMPORTS + source) == "Router | Starlette"

    def test_a_definition_hides_the_import_of_its_name(self, reveal: Reveal) -> None:
        assert reveal(IMPORTS + "class Starlette: ...\nreveal(Starlette())") == "main.Starlette"

    def test_a_subclass_may_have_its_bases_name(self, reveal: Reveal) -> None:
        source = "class Starlette(Starlette):\n    pass\nreveal(Starlette().router)"
        assert reveal(IMPORTS + source) == "Router"

    def test_a_loop_sees_what_its_end_assigns(self, reveal: Reveal) -> None:
        source = "x = None\nwhile True:\n    reveal(x)\n    x = Starlette()"
        assert "None" in reveal(IMPORTS + source)

    def test_two_definitions_of_a_test_see_their_own_client(self, reveal_all: RevealAll) -> None:
        source = """\
def test_one():
    client = TestClient(app)
    reveal(client)
def test_two():
    client = Router()
    reveal(client)
"""
        assert reveal_all(IMPORTS + source) == ["TestClient", "Router"]


class TestBranches:
    def test_after_an_if_both_values_are_possible(self, reveal: Reveal) -> None:
        source = "x = Router()\nif debug:\n    x = Starlette()\nreveal(x)"
        assert reveal(IMPORTS + source) == "Router | Starlette"

    def test_after_if_and_else_only_their_values_are_possible(self, reveal: Reveal) -> None:
        source = "if debug:\n    x = Starlette()\nelse:\n    x = Router()\nreveal(x)"
        assert reveal(IMPORTS + source) == "Router | Starlette"

    def test_inside_a_branch_the_other_one_has_not_run(self, reveal_all: RevealAll) -> None:
        source = "if debug:\n    x = Starlette()\n    reveal(x)\nelse:\n    x = Router()\n    reveal(x)"
        assert reveal_all(IMPORTS + source) == ["Starlette", "Router"]

    def test_branches_of_elif_exclude_each_other(self, reveal_all: RevealAll) -> None:
        source = """\
if a:
    x = Starlette()
    reveal(x)
elif b:
    x = Router()
    reveal(x)
else:
    x = TestClient(app)
    reveal(x)
reveal(x)
"""
        assert reveal_all(IMPORTS + source) == [
            "Starlette",
            "Router",
            "TestClient",
            "Router | Starlette | TestClient",
        ]

    def test_there_may_be_any_number_of_elif(self, reveal: Reveal) -> None:
        branches = "".join(f"elif kind == {number}:\n    x = {number}\n" for number in range(600))
        assert reveal(f"{IMPORTS}if kind:\n    x = 1\n{branches}app = Starlette()\nreveal(app)") == "Starlette"

    def test_an_inner_branch_sees_its_own_outer_branch(self, reveal_all: RevealAll) -> None:
        source = """\
if a:
    x = Starlette()
    if b:
        reveal(x)
else:
    x = Router()
    if b:
        reveal(x)
"""
        assert reveal_all(IMPORTS + source) == ["Starlette", "Router"]

    def test_cases_of_a_match_exclude_each_other(self, reveal_all: RevealAll) -> None:
        source = """\
match kind:
    case 1:
        x = Starlette()
        reveal(x)
    case _:
        x = Router()
        reveal(x)
reveal(x)
"""
        assert reveal_all(IMPORTS + source) == ["Starlette", "Router", "Router | Starlette"]

    def test_a_handler_may_run_after_the_body_assigned(self, reveal: Reveal) -> None:
        source = "try:\n    x = Starlette()\n    check()\nexcept ValueError:\n    reveal(x)"
        assert reveal(IMPORTS + source) == "Starlette"

    def test_after_a_try_every_way_through_counts(self, reveal: Reveal) -> None:
        source = "try:\n    x = Starlette()\nexcept ValueError:\n    x = Router()\nreveal(x)"
        assert reveal(IMPORTS + source) == "Router | Starlette"

    def test_a_finally_block_always_runs(self, reveal: Reveal) -> None:
        source = "x = Router()\ntry:\n    pass\nfinally:\n    x = Starlette()\nreveal(x)"
        assert reveal(IMPORTS + source) == "Starlette"

    def test_the_else_of_a_try_runs_on_a_condition(self, reveal: Reveal) -> None:
        source = (
            "x = Router()\ntry:\n    check()\nexcept ValueError:\n    pass\nelse:\n    x = Starlette()\nreveal(x)"
        )
        assert reveal(IMPORTS + source) == "Router | Starlette"

    def test_a_with_block_always_runs(self, reveal: Reveal) -> None:
        source = "x = Router()\nwith lock:\n    x = Starlette()\nreveal(x)"
        assert reveal(IMPORTS + source) == "Starlette"

    def test_a_loop_may_not_run(self, reveal: Reveal) -> None:
        source = "x = Router()\nfor _ in names:\n    x = Starlette()\nreveal(x)"
        assert reveal(IMPORTS + source) == "Router | Starlette"

    def test_the_module_as_seen_from_outside_keeps_every_branch(self, reveal: Reveal) -> None:
        files = {"a.py": IMPORTS + "if debug:\n    x = Starlette()\nelse:\n    x = Router()"}
        assert reveal({**files, "main.py": "from a import x\nreveal(x)"}) == "Router | Starlette"

    def test_functions_defined_on_a_condition_are_both_possible(self, reveal: Reveal) -> None:
        source = """\
if debug:
    def make(): return Starlette()
else:
    def make(): return Router()
reveal(make())
"""
        assert reveal(IMPORTS + source) == "Router | Starlette"


class TestScopes:
    def test_a_local_name_hides_the_modules(self, reveal_all: RevealAll) -> None:
        source = "x = Router()\ndef f():\n    x = Starlette()\n    reveal(x)\nreveal(x)"
        assert reveal_all(IMPORTS + source) == ["Starlette", "Router"]

    def test_a_parameter_hides_the_modules_name(self, reveal: Reveal) -> None:
        assert reveal(IMPORTS + "app = Starlette()\ndef f(app):\n    reveal(app)") == "?"

    def test_a_lambdas_parameter_hides_the_modules_name(self, reveal: Reveal) -> None:
        assert reveal(IMPORTS + "app = Starlette()\nf = lambda app: reveal(app)") == "?"

    def test_a_lambda_sees_the_names_around_it(self, reveal: Reveal) -> None:
        assert reveal(IMPORTS + "app = Starlette()\nf = lambda: reveal(app)") == "Starlette"

    def test_a_comprehensions_name_is_its_own(self, reveal_all: RevealAll) -> None:
        source = "app = Router()\n[reveal(app) for app in [Starlette()]]\nreveal(app)"
        assert reveal_all(IMPORTS + source) == ["Starlette", "Router"]

    def test_an_inner_function_sees_the_outer_ones_names(self, reveal: Reveal) -> None:
        source = "def make():\n    app = Starlette()\n    def view():\n        reveal(app)"
        assert reveal(IMPORTS + source) == "Starlette"

    def test_an_inner_function_sees_the_outer_ones_parameters(self, reveal: Reveal) -> None:
        source = "def make(app: Starlette):\n    async def view():\n        reveal(app)"
        assert reveal(IMPORTS + source) == "Starlette"

    def test_a_global_statement_binds_the_modules_name(self, reveal: Reveal) -> None:
        source = "app = None\ndef setup():\n    global app\n    app = Starlette()\ndef use():\n    reveal(app)"
        assert "Starlette" in reveal(IMPORTS + source)

    def test_a_global_statement_binds_the_name_for_other_modules_too(self, reveal: Reveal) -> None:
        files = {"a.py": IMPORTS + "app = None\ndef setup():\n    global app\n    app = Starlette()\n"}
        assert "Starlette" in reveal({**files, "main.py": "from a import app\nreveal(app)"})

    def test_a_nonlocal_statement_binds_the_outer_functions_name(self, reveal: Reveal) -> None:
        source = """\
def make():
    app = None
    def setup():
        nonlocal app
        app = Starlette()
    def use():
        reveal(app)
"""
        assert "Starlette" in reveal(IMPORTS + source)

    def test_a_global_that_only_a_function_makes_is_known(self, reveal: Reveal) -> None:
        source = "def setup():\n    global app\n    app = Starlette()\n    reveal(app)"
        assert reveal(IMPORTS + source) == "Starlette"

    def test_default_values_see_the_names_around_the_function(self, reveal: Reveal) -> None:
        source = "app = Starlette()\ndef f(app=reveal(app)): ..."
        assert reveal(IMPORTS + source) == "Starlette"

    def test_decorators_see_the_names_around_the_function(self, reveal: Reveal) -> None:
        source = "app = Starlette()\n@reveal(app)\ndef app(): ..."
        assert reveal(IMPORTS + source) == "Starlette"
