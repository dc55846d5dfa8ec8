"""The contract of issue 2, checked on whole processes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import LEFT, REDIRECTS, STARTUP, clean_environment

if TYPE_CHECKING:
    from tests.cli.conftest import Run

MOVE = ("--from", "0.40.0", "--to", "1.10.0")


def test_a_finding_is_shown_as_a_compiler_would(run: Run, project: Path) -> None:
    (project / "main.py").write_text(STARTUP)
    done = run("check", *MOVE)
    assert done.returncode == 1
    assert done.stdout.startswith(
        "main.py:6:2: SU101 on-event-removed  `Starlette.on_event` was removed in 1.0.0rc1\n"
        "  |\n"
        '6 | @app.on_event("startup")\n'
        "  |  ^^^^^^^^^^^^\n"
    )
    assert "  = breaks on 1.10.0 · fixable now" in done.stdout
    assert done.stdout.endswith(
        "From 0.40.0 to 1.10.0: 1 breaks, in 1 of 1 file.\nFixable: 1 now.\n"
        "0.40.0 has 7 published vulnerabilities that nothing here is seen to be exposed to: CVE-2025-54121, "
        "CVE-2025-62727, CVE-2026-48710, CVE-2026-48817, CVE-2026-48818, CVE-2026-54282, CVE-2026-54283.\n\n"
        "Next: starlette-upgrade fix --diff --from 0.40.0 --to 1.10.0 .\n"
    )
    assert done.stderr == ""
    assert "\x1b" not in done.stdout


def test_clean_is_one_line_and_zero(run: Run, project: Path) -> None:
    (project / "main.py").write_text("from starlette.applications import Starlette\n")
    done = run("check", "--from", "1.3.1", "--to", "1.10.0", ".")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "All checks passed: nothing here breaks between 1.3.1 and 1.10.0 (1 file).\n"
    quiet = run("check", *MOVE, "-q")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


class TestPublishedVulnerabilities:
    SERVES = 'from starlette.staticfiles import StaticFiles\n\nfiles = StaticFiles(directory="static")\n'

    def test_those_that_the_code_is_exposed_to_are_told_and_fail_the_gate_if_it_asks(
        self, run: Run, project: Path
    ) -> None:
        (project / "main.py").write_text(self.SERVES)
        done = run("check", *MOVE)
        assert done.returncode == 0
        assert "SU508 fileresponse-range-dos  high 7.5  CVE-2025-62727, " in done.stdout
        assert "exposed here: `StaticFiles` in main.py:3\n" in done.stdout
        assert "0.40.0 has 5 more published vulnerabilities that nothing" in done.stdout
        assert run("check", *MOVE, "--fail-on", "vulnerable").returncode == 1
        assert run("check", "--from", "1.3.1", "--fail-on", "vulnerable").returncode == 0

    def test_a_short_or_quiet_report_leaves_out_the_others(self, run: Run, project: Path) -> None:
        (project / "main.py").write_text(self.SERVES)
        short = run("check", *MOVE, "--format", "concise").stdout
        assert "main.py:3:9: SU511 staticfiles-windows-share " in short
        assert "nothing here is seen to be exposed" not in short
        assert "nothing here is seen to be exposed" not in run("check", *MOVE, "-q").stdout

    def test_one_is_selected_and_explained_by_any_of_its_identifiers(self, run: Run, project: Path) -> None:
        (project / "main.py").write_text(self.SERVES)
        only = run("check", *MOVE, "--select", "CVE-2025-62727", "--format", "json").stdout
        assert {finding["code"] for finding in json.loads(only)["findings"]} == {"SU508"}
        assert [one["code"] for one in json.loads(only)["advisories"]] == ["SU508"]
        both = run("check", *MOVE, "--select", "kind:advisory", "--format", "json").stdout
        assert {finding["code"] for finding in json.loads(both)["findings"]} == {"SU508", "SU511"}
        for word in ("SU508", "cve-2025-62727", "GHSA-7f5h-v6xp-fcq8", "fileresponse-range-dos"):
            assert run("explain", word, *MOVE).stdout.startswith("SU508 fileresponse-range-dos\n")

    def test_fix_looks_for_them_only_if_the_gate_asks(self, run: Run, project: Path) -> None:
        (project / "main.py").write_text(self.SERVES)
        assert "SU508" not in run("fix", *MOVE, "--diff").stderr
        done = run("fix", *MOVE, "--diff", "--fail-on", "vulnerable")
        assert done.returncode == 1
        assert "2  for a newer release to close: SU508 fileresponse-range-dos, SU511" in done.stderr

    def test_nothing_is_said_of_a_release_that_nobody_knows(self, run: Run, project: Path) -> None:
        (project / "main.py").write_text(self.SERVES)
        done = run("check", "--select", "kind:advisory", "--fail-on", "vulnerable")
        assert done.returncode == 0
        assert "published vulnerabilities are told of a release that is known: pass --from" in done.stderr
        assert "published" not in done.stdout

    def test_the_python_multipart_of_the_project_decides_about_its_own(self, run: Run, project: Path) -> None:
        reads = "from starlette.requests import Request\n\n\nasync def a(r: Request):\n    await r.form()\n"
        (project / "main.py").write_text(reads)
        required = project / "requirements.txt"
        required.write_text("starlette==0.40.0\npython-multipart==0.0.20\n")
        assert "SU506" not in run("check").stdout
        required.write_text("starlette==0.46.0\npython-multipart==0.0.17\n")
        assert "python-multipart 0.0.17 has it, fixed in python-multipart 0.0.18" in " ".join(
            run("check").stdout.split()
        )
        required.write_text("starlette==0.40.0\n")
        assert "condition: unless python-multipart 0.0.18 or later is installed" in run("check").stdout


def test_the_older_end_is_what_the_project_pins_and_that_is_said(run: Run, project: Path) -> None:
    (project / "requirements.txt").write_text("starlette==0.46.0\n")
    (project / "main.py").write_text(STARTUP)
    done = run("check", "main.py")
    assert done.stderr.startswith("note: from Starlette 0.46.0, ")
    assert "requirements.txt" in done.stderr
    assert "From 0.46.0 (" in done.stdout
    assert "requirements.txt" in done.stdout.split("From 0.46.0 (")[1].split(")")[0]


def test_a_project_without_starlette_passes_with_a_note(run: Run, project: Path) -> None:
    (project / "main.py").write_text("print()\n")
    done = run("check")
    assert done.returncode == 0
    assert "assuming" in done.stderr
    assert "pass --from" in done.stderr


def test_json_is_all_that_stdout_holds(run: Run, project: Path) -> None:
    (project / "app").mkdir()
    (project / "app" / "main.py").write_text(STARTUP)
    (project / "bad.py").write_text("from starlette.routing import on_event (\n")
    done = run("check", "--format", "json")
    report = json.loads(done.stdout)
    assert done.returncode == 2
    assert report["to"] == "1.10.0"
    [found] = report["findings"]
    assert (found["path"], found["line"], found["column"], found["end_column"]) == (
        "app/main.py",
        6,
        2,
        14,
    )
    assert (found["code"], found["rule"]) == ("SU101", "on-event-removed")
    [error] = report["errors"]
    assert (error["path"], error["line"], error["fatal"]) == ("bad.py", 1, True)
    assert done.stderr.splitlines()[-1].startswith("bad.py:1: error: ")


def test_fail_on_and_exit_zero(run: Run, project: Path) -> None:
    (project / "main.py").write_text(STARTUP)
    assert run("check", *MOVE, "--fail-on", "never").returncode == 0
    assert run("check", *MOVE, "--fail-on", "silent,deprecated").returncode == 0
    assert run("check", *MOVE, "--exit-zero").returncode == 0
    assert run("check", "--to", "0.40.0", "--from", "0.39.0", "--fail-on", "deprecated").returncode == 1


def test_selection(run: Run, project: Path) -> None:
    (project / "main.py").write_text(STARTUP + REDIRECTS)
    done = run("check", *MOVE, "--format", "concise", "--select", "SU125,nothing-else", "-q")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: unknown rule or tag `nothing-else`")
    done = run("check", *MOVE, "--format", "concise", "--ignore", "on-event-removed", "-q")
    assert [row.split(": ")[1].split()[0] for row in done.stdout.splitlines()] == ["SU125"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("check", "missing"), "missing: error: no such file or folder"),
        (
            ("check", "--from", "9.9"),
            "error: --from 9.9: no such Starlette release is known, the nearest is 1.10.0",
        ),
        (("check", "--to", "banana"), "error: --to banana: not a version"),
        (("check", "--from", "1.0.0", "--to", "0.40.0"), "error: --from 1.0.0 is newer than --to 0.40.0"),
        (("check", "--select", "SU999"), "error: unknown rule or tag `SU999`"),
        (("check", "--fail-on", "braek"), "error: --fail-on: unknown value `braek`; did you mean `break`?"),
        (("check", "--nonsense"), "error: no such option: --nonsense"),
        (("chek",), "error: no such command 'chek'"),
        (("explain", "SU999"), "error: unknown rule `SU999`"),
        (("explain",), "error: missing argument 'RULE|RELEASE|ERROR'"),
    ],
)
def test_a_mistake_is_one_clear_line_and_two(run: Run, arguments: tuple[str, ...], error: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    lines = [row for row in done.stderr.splitlines() if not row.startswith("note: ")]
    assert len(lines) == 1
    assert lines[0].startswith(error)


def test_one_bad_file_does_not_stop_the_others(run: Run, project: Path) -> None:
    (project / "a_syntax.py").write_text("import starlette.routing\nif on_event:\n")
    (project / "b_bytes.py").write_bytes(b"import starlette # \xff on_event\n")
    (project / "c_null.py").write_bytes(b"import starlette\non_event = '\0'\n")
    (project / "main.py").write_text(STARTUP)
    done = run("check", *MOVE, "--format", "concise", "-q")
    assert done.returncode == 2
    assert [row.split(":")[0] for row in done.stdout.splitlines()] == ["main.py"]
    errors = done.stderr.splitlines()
    assert [row.split(":")[0] for row in errors] == ["a_syntax.py", "b_bytes.py", "c_null.py"]
    assert all(": error: " in row for row in errors)


def test_fix_writes_and_a_second_run_changes_nothing(run: Run, project: Path) -> None:
    file = project / "test_it.py"
    file.write_text(REDIRECTS)
    done = run("fix", *MOVE)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "fixed test_it.py\n"
        "   1  SU125 testclient-allow-redirects\n"
        "\n"
        "Fixed 1 finding in 1 file.\n"
        "Nothing is left that breaks between 0.40.0 and 1.10.0 (1 file).\n"
    )
    fixed = file.read_text()
    assert fixed == REDIRECTS.replace("allow_redirects", "follow_redirects")
    again = run("fix", *MOVE)
    assert again.stdout.startswith("All checks passed")
    assert file.read_text() == fixed


def test_fix_reports_what_remains_and_fails_for_it(run: Run, project: Path) -> None:
    (project / "main.py").write_text(LEFT + REDIRECTS)
    done = run("fix", *MOVE)
    assert done.returncode == 1
    assert "main.py:6:2: SU101 " in done.stdout
    assert "What remains from 0.40.0 to 1.10.0: 1 breaks" in done.stdout


def test_diff_writes_nothing_and_keeps_stdout_for_the_patch(run: Run, project: Path) -> None:
    file = project / "main.py"
    file.write_text(LEFT + REDIRECTS)
    done = run("fix", *MOVE, "--diff")
    assert done.returncode == 1
    assert file.read_text() == LEFT + REDIRECTS
    assert done.stdout.startswith("--- a/main.py\n+++ b/main.py\n@@ ")
    assert "main.py:6:2: SU101 on-event-removed" in done.stderr
    assert "Would fix 1 finding in 1 file; nothing is written." in done.stderr
    if shutil.which("git"):
        subprocess.run(["git", "apply", "-"], cwd=project, input=done.stdout, encoding="utf-8", check=True)
        assert file.read_text() == LEFT + REDIRECTS.replace("allow_redirects", "follow_redirects")


def test_ahead_makes_what_the_oldest_supported_release_runs_and_leaves_the_rest(run: Run, project: Path) -> None:
    (project / "pyproject.toml").write_text('[project]\ndependencies = ["starlette>=0.20.1,<2"]\n')
    (project / "uv.lock").write_text('[[package]]\nname = "starlette"\nversion = "0.46.0"\n')
    lines = (
        "from starlette.applications import Starlette, WebSocket",
        "from starlette.testclient import TestClient",
        "",
        'TestClient(Starlette()).get("/", allow_redirects=False)',
    )
    (project / "app.py").write_text("\n".join((*lines, "")))
    done = run("fix", "--ahead", "app.py")
    assert (project / "app.py").read_text().splitlines() == [
        "from starlette.applications import Starlette",
        "from starlette.testclient import TestClient",
        "from starlette.websockets import WebSocket",
        *lines[2:],
    ]
    assert "from Starlette 0.20.1, lowest that `starlette>=0.20.1,<2` admits" in done.stderr
    assert "Fixed 1 finding in 1 file." in done.stdout
    assert "1  with the bump, without --ahead: SU125 " in done.stdout
    assert "Next: starlette-upgrade fix --diff app.py" in done.stdout
    assert done.returncode == 1
    again = run("fix", "--ahead", "app.py")
    assert "Nothing fixed." in again.stdout


def test_fix_in_json_says_what_was_done(run: Run, project: Path) -> None:
    (project / "main.py").write_text(LEFT + REDIRECTS)
    report = json.loads(run("fix", *MOVE, "--format", "json").stdout)
    assert [found["code"] for found in report["findings"]] == ["SU101"]
    assert [found["code"] for found in report["fixed"]] == ["SU125"]
    assert report["written"] == ["main.py"]


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_fix_does_not_write_into_a_dirty_work_tree(run: Run, project: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        subprocess.run(["git", *identity, *arguments], cwd=project, env=clean_environment(), check=True)

    file = project / "main.py"
    file.write_text(REDIRECTS)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "a")
    file.write_text(REDIRECTS + "# more\n")
    done = run("fix", *MOVE)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: nothing is written: main.py in the git work tree has uncommitted changes")
    assert "allow_redirects" in file.read_text()
    assert run("fix", *MOVE, "--diff").returncode == 1
    assert run("fix", *MOVE, "--allow-dirty").returncode == 0
    assert "allow_redirects" not in file.read_text()


def test_explain_by_code_and_by_name(run: Run) -> None:
    by_code, by_name = run("explain", "su101", *MOVE), run("explain", "on-event-removed", *MOVE)
    assert by_code.returncode == by_name.returncode == 0
    assert by_code.stdout == by_name.stdout
    assert by_code.stdout.startswith("SU101 on-event-removed\n")


def test_rules_lists_them_with_their_impact(run: Run) -> None:
    done = run("rules", *MOVE, "--select", "release:1.0.0rc1")
    assert done.returncode == 0
    [row] = [row for row in done.stdout.splitlines() if "SU101" in row]
    assert row.split()[:3] == ["SU101", "on-event-removed", "break"]
    assert "SU125" not in done.stdout
    assert run("rules", "--select", "nope").returncode == 2


def test_help_and_version(run: Run) -> None:
    help_, version = run("--help"), run("--version")
    assert help_.returncode == version.returncode == 0
    assert {"check", "fix", "explain", "rules", "releases"} <= set(help_.stdout.split())
    assert version.stdout.startswith("starlette-upgrade ")


def test_a_reader_that_goes_away_is_no_crash(run: Run, project: Path) -> None:
    (project / "main.py").write_text(STARTUP + '\n\n@app.on_event("startup")\ndef again(): ...\n' * 2000)
    command = "set -o pipefail; python -m starlette_upgrade check --from 0.40.0 | head -n 1"
    if not shutil.which("bash"):
        pytest.skip("needs bash")
    done = subprocess.run(
        ["bash", "-c", command.replace("python", sys.executable)],
        cwd=project,
        env=clean_environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 141
    assert done.stderr == ""


def test_colours_on_demand_and_never_against_no_color(run: Run, project: Path) -> None:
    (project / "main.py").write_text(STARTUP)
    assert "\x1b[" in run("check", *MOVE, "--color", "always").stdout
    assert "\x1b[" in run("check", *MOVE, FORCE_COLOR="1").stdout
    assert "\x1b" not in run("check", *MOVE, FORCE_COLOR="1", NO_COLOR="1").stdout
    assert "\x1b" not in run("check", *MOVE, "--color", "never", FORCE_COLOR="1").stdout


def test_output_survives_a_terminal_without_unicode(run: Run, project: Path) -> None:
    (project / "main.py").write_text(STARTUP)
    done = run("check", *MOVE, PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 1
    assert "breaks on 1.10.0 ? fixable now" in done.stdout


def test_possible_findings_stand_apart(run: Run, project: Path) -> None:
    (project / "main.py").write_text(
        'import starlette\n\ndef setup(app):\n    app.add_event_handler("startup", print)\n'
    )
    done = run("check", *MOVE)
    assert done.returncode == 0
    assert "Possible: 1 more" in done.stdout
    assert run("check", *MOVE, "--include-possible").returncode == 1
