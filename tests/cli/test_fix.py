"""What `fix` tells of its work, and which rules it is asked to do it for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cli.conftest import BY_HAND, REDIRECTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

MOVE = ("--from", "0.40.0", "--to", "1.10.0")
TIMED = 'client.get("/", timeout=1)\n'


def test_what_is_left_is_told_with_the_reason_and_the_next_command(run: Run, project: Path) -> None:
    (project / "main.py").write_text(BY_HAND + REDIRECTS)
    done = run("fix", *MOVE)
    assert done.returncode == 1
    assert done.stdout.startswith("main.py:4:7: SU130 ")
    assert done.stdout.endswith(
        "What remains from 0.40.0 to 1.10.0: 1 breaks (1 already broken on 0.40.0), in 1 of 1 file.\n"
        "   1  by hand: SU130 application-middleware-attributes\n"
        "\n"
        "Next: starlette-upgrade explain SU130\n"
    )


def test_quiet_tells_of_what_remains_and_nothing_else(run: Run, project: Path) -> None:
    (project / "main.py").write_text(BY_HAND + REDIRECTS)
    (project / "test_it.py").write_text(REDIRECTS)
    done = run("fix", *MOVE, "-q", "--format", "concise")
    assert (done.returncode, done.stderr) == (1, "")
    assert [row.split()[1] for row in done.stdout.splitlines()] == ["SU130"]
    assert "allow_redirects" not in (project / "test_it.py").read_text()


def test_the_diff_tells_of_the_rules_on_stderr(run: Run, project: Path) -> None:
    (project / "test_it.py").write_text(REDIRECTS + TIMED)
    done = run("fix", *MOVE, "--diff")
    assert "SU125" not in done.stdout
    assert done.stderr == (
        "\n"
        "Fixed by this:\n"
        "   1  SU119 testclient-timeout\n"
        "   1  SU125 testclient-allow-redirects\n"
        "\n"
        "Would fix 2 findings in 1 file; nothing is written.\n"
        "Nothing is left that breaks between 0.40.0 and 1.10.0 (1 file).\n"
        "\n"
        "Next: starlette-upgrade fix --from 0.40.0 --to 1.10.0 .\n"
    )


def test_json_lists_what_was_fixed_and_counts_what_is_left_by_reason(run: Run, project: Path) -> None:
    (project / "main.py").write_text(
        "from starlette.status import WS_1005_ABNORMAL_CLOSURE\n" + BY_HAND + REDIRECTS
    )
    done = run("fix", *MOVE, "--format", "json")
    report = json.loads(done.stdout)
    assert [(found["path"], found["line"], found["code"]) for found in report["fixed"]] == [
        ("main.py", 10, "SU125")
    ]
    assert [(one["why"], one["text"], one["code"], one["count"]) for one in report["left"]] == [
        ("unsafe", "with --unsafe", "SU123", 1),
        ("hand", "by hand", "SU130", 1),
    ]
    assert "left" not in json.loads(run("check", *MOVE, "--format", "json").stdout)


def test_of_several_files_each_has_a_line_and_each_rule_another(run: Run, project: Path) -> None:
    (project / "test_a.py").write_text(REDIRECTS + REDIRECTS.replace("False", "True"))
    (project / "test_b.py").write_text(REDIRECTS + TIMED)
    done = run("fix", *MOVE)
    assert done.stdout.startswith(
        "fixed test_a.py  SU125 ×2\n"
        "fixed test_b.py  SU119, SU125\n"
        "\n"
        "   3  SU125 testclient-allow-redirects\n"
        "   1  SU119 testclient-timeout\n"
        "\n"
        "Fixed 4 findings in 2 files.\n"
    )


def test_only_the_selected_rules_are_rewritten_and_told_of(run: Run, project: Path) -> None:
    file = project / "test_it.py"
    text = BY_HAND + REDIRECTS + TIMED
    file.write_text(text)
    done = run("fix", *MOVE, "--select", "SU125")
    assert file.read_text() == text.replace("allow_redirects", "follow_redirects")
    assert (done.returncode, done.stderr) == (0, "")
    assert "SU130" not in done.stdout
    assert "SU119" not in done.stdout
    report = json.loads(run("fix", *MOVE, "--ignore", "SU130", "--format", "json").stdout)
    assert ([found["code"] for found in report["fixed"]], report["findings"], report["left"]) == (["SU119"], [], [])


def test_rules_are_selected_by_what_their_rewrite_is(run: Run, project: Path) -> None:
    codes = "from starlette.status import WS_1005_ABNORMAL_CLOSURE\n"
    every = codes + BY_HAND + REDIRECTS

    def codes_of(*arguments: str) -> tuple[list[str], list[str]]:
        (project / "test_it.py").write_text(every)
        report = json.loads(run("fix", *MOVE, "--format", "json", *arguments).stdout)
        return [found["code"] for found in report["fixed"]], [found["code"] for found in report["findings"]]

    assert codes_of("--select", "fix:safe") == (["SU125"], [])
    assert codes_of("--select", "fix:unsafe") == ([], ["SU123"])
    assert codes_of("--select", "fix:unsafe", "--unsafe") == (["SU123"], [])
    assert codes_of("--ignore", "fix:safe,fix:manual", "--unsafe") == (["SU123"], [])
    assert codes_of("--select", "fix:manual", "--unsafe") == ([], ["SU130"])
