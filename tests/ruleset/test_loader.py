"""The strict schema of a rule file: every mistake is one line that names the file, the rule and the cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.ruleset.rule import (
    ArgumentMatch,
    AttributeMatch,
    BehaviourMatch,
    Example,
    Fix,
    OverrideMatch,
    SymbolMatch,
    WarningMatch,
)
from tests.ruleset.conftest import GOOD, HEAD, RULE, changed

if TYPE_CHECKING:
    from pathlib import Path

    from starlette_upgrade.ruleset.rule import Match
    from tests.ruleset.conftest import Load, Refusal

WHERE = "1.0.0.toml, rule SU901 old-gone"
MATCH = 'kind = "symbol"\nsymbol = "starlette.routing.old"\n'
FIX = 'kind = "replace-symbol"\nsafety = "safe"\nreplaces = { "starlette.routing.old" = "starlette.routing.new" }\n'
EXAMPLE = RULE[RULE.index("[[rule.example]]") :]


def matching(text: str) -> str:
    return changed(MATCH, text)


def fixing(text: str) -> str:
    return changed(FIX, text)


class TestAGoodFile:
    def test_becomes_a_rule(self, load: Load) -> None:
        (rule,) = load(GOOD)
        assert (rule.code, rule.name, rule.title) == ("SU901", "old-gone", "SU901 old-gone")
        assert rule.release == rule.removed == Version("1.0.0")
        assert (rule.deprecated, rule.changed, rule.reverted) == (None, None, None)
        assert rule.matches == (SymbolMatch(("starlette.routing.old",)),)
        assert rule.fixes == (
            Fix("replace-symbol", "safe", replaces=(("starlette.routing.old", "starlette.routing.new"),)),
        )
        assert rule.examples == (Example("from starlette.routing import old", "from starlette.routing import new"),)
        assert (rule.pulls, rule.tags) == ((), ())

    def test_says_the_summary_where_no_message_is_given(self, load: Load) -> None:
        (rule,) = load(GOOD)
        assert rule.message == rule.summary
        (rule,) = load(changed("advice =", 'message = "`{name}` was removed"\nadvice ='))
        assert rule.message == "`{name}` was removed"

    @pytest.mark.parametrize(("written", "read"), [("3117", (3117,)), ("[1, 2]", (1, 2))])
    def test_names_one_pull_request_or_several(self, written: str, read: tuple[int, ...], load: Load) -> None:
        (rule,) = load(changed("removed =", f"pull = {written}\nremoved ="))
        assert rule.pulls == read

    def test_may_be_without_rules(self, load: Load) -> None:
        assert load(HEAD) == []

    def test_may_hold_notes(self, tmp_path: Path) -> None:
        (tmp_path / "1.0.0.toml").write_text(f'{HEAD}[[note]]\nname = "floor"\ntext = "Python 3.10"\npull = 7\n')
        (release,) = load_releases(tmp_path)
        assert [(note.name, note.text, note.pulls) for note in release.notes] == [("floor", "Python 3.10", (7,))]

    def test_may_hold_several_matches_and_fixes_and_examples(self, load: Load) -> None:
        text = GOOD.replace("[rule.match]", "[[rule.match]]").replace("[rule.fix]", "[[rule.fix]]")
        more = f'\n[[rule.match]]\n{MATCH}\n[[rule.fix]]\nkind = "manual"\n\n{EXAMPLE}'
        (rule,) = load(text + more)
        assert (len(rule.matches), len(rule.fixes), len(rule.examples)) == (2, 2, 2)

    def test_an_example_may_have_a_probe(self, load: Load) -> None:
        (rule,) = load(GOOD + 'probe = "print(new)"\n')
        assert rule.examples[0].probe == "print(new)"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param(
            'kind = "symbol"\nsymbol = ["a.b", "a.c"]\n',
            SymbolMatch(("a.b", "a.c")),
            id="symbol",
        ),
        pytest.param(
            'kind = "attribute"\nclass = "a.B"\nattribute = ["c", "d"]\n',
            AttributeMatch(("a.B",), ("c", "d"), "any"),
            id="attribute",
        ),
        pytest.param(
            'kind = "attribute"\nclass = "a.B"\nattribute = "c"\nusage = "call"\n',
            AttributeMatch(("a.B",), ("c",), "call"),
            id="attribute-call",
        ),
        pytest.param(
            'kind = "attribute"\nclass = "a.B"\nattribute = "c"\nusage = "read"\n',
            AttributeMatch(("a.B",), ("c",), "read"),
            id="attribute-read",
        ),
        pytest.param(
            'kind = "argument"\ncallable = "a.B"\nkeyword = "c"\nposition = 0\n',
            ArgumentMatch(("a.B",), ("c",), 0),
            id="argument",
        ),
        pytest.param(
            'kind = "argument"\ncallable = "a.B"\nknown = ["c"]\n',
            ArgumentMatch(("a.B",), known=("c",)),
            id="argument-known",
        ),
        pytest.param(
            'kind = "override"\nclass = "a.B"\nattribute = "c"\nform = "def"\nunless = "d"\n',
            OverrideMatch(("a.B",), ("c",), "def", ("d",)),
            id="override",
        ),
        pytest.param(
            'kind = "behaviour"\nfunction = "f"\nnames = ["g"]\nclass = "a.B"\n',
            BehaviourMatch("f", ("g",), ("a.B",)),
            id="behaviour",
        ),
        pytest.param(
            'kind = "warning"\ncategory = "c"\ntext = ["t", "u"]\nmodule = "m"\n',
            WarningMatch("c", ("t", "u"), ("m",)),
            id="warning",
        ),
        pytest.param(
            'kind = "behaviour"\nfunction = "f"\nkeywords = ["g"]\n',
            BehaviourMatch("f", keywords=("g",)),
            id="behaviour-keywords",
        ),
    ],
)
def test_every_kind_of_match_is_read(written: str, read: Match, load: Load) -> None:
    (rule,) = load(matching(written))
    assert rule.matches == (read,)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param('kind = "manual"\n', Fix("manual", "manual"), id="manual"),
        pytest.param(
            'kind = "rename-argument"\nsafety = "unsafe"\nunsafe_because = "order"\nto = "b"\nabsent = "None"\n',
            Fix("rename-argument", "unsafe", "order", to="b", absent="None"),
            id="unsafe",
        ),
        pytest.param(
            'kind = "rename-attribute"\nsafety = "safe"\nreplacement_since = "0.5"\nreceiver = "a.B"\nto = "c"\n',
            Fix("rename-attribute", "safe", replacement_since=Version("0.5"), receiver="a.B", to="c"),
            id="safe",
        ),
    ],
)
def test_every_kind_of_fix_is_read(written: str, read: Fix, load: Load) -> None:
    (rule,) = load(fixing(written))
    assert rule.fixes == (read,)


def test_files_are_read_oldest_release_first(tmp_path: Path) -> None:
    for version in ("1.10.0", "0.46.0", "1.0.0rc1", "1.2.0", "1.0.0"):
        (tmp_path / f"{version}.toml").write_text(f'release = "{version}"\ndate = 2026-01-01\n')
    assert [str(release.version) for release in load_releases(tmp_path)] == [
        *("0.46.0", "1.0.0rc1", "1.0.0", "1.2.0", "1.10.0")
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(changed("advice =", "advise ="), "`advice` is missing", id="missing-where-a-typo-stands"),
        pytest.param(
            changed("advice =", 'deprecatd = "0.9"\nadvice ='),
            "unknown key `deprecatd` (did you mean `deprecated`?)",
            id="unknown-with-suggestion",
        ),
        pytest.param(changed("advice =", "zzz = 1\nadvice ="), "unknown key `zzz`", id="unknown"),
        pytest.param(changed('"Write `new`."', '" "'), "`advice` is empty", id="empty"),
        pytest.param(changed('"Write `new`."', "1"), "`advice` must be of type str, found int", id="wrong-type"),
        pytest.param(
            changed('removed = "1.0.0"', 'removed = "soon"'), "`removed = 'soon'` is not a version", id="version"
        ),
        pytest.param(
            changed('removed = "1.0.0"', "removed = 1.0"),
            "`removed` must be of type str, found float",
            id="number-version",
        ),
        pytest.param(
            changed('removed = "1.0.0"\n', ""),
            "one of `deprecated`, `removed`, `changed` is needed",
            id="no-life",
        ),
        pytest.param(
            changed("removed =", 'changed = "1.0.0"\nremoved ='),
            "`changed` can't stand beside `deprecated` or `removed`",
            id="changed-and-removed",
        ),
        pytest.param(
            changed("removed =", 'deprecated = "1.0.1"\nremoved ='),
            "`deprecated` 1.0.1 comes after `removed` 1.0.0",
            id="deprecated-after-removed",
        ),
        pytest.param(
            changed('removed = "1.0.0"', 'deprecated = "1.0.0"\nreverted = "1.0.1"'),
            "`reverted` needs an earlier `changed` or `removed`",
            id="reverted-alone",
        ),
        pytest.param(
            changed("removed =", 'reused = "0.9"\nremoved ='),
            "`reused` needs an earlier `changed` or `removed`",
            id="reused-too-early",
        ),
        pytest.param(
            changed('removed = "1.0.0"', 'changed = "1.0.0"\nreverted = "1.0.0"'),
            "`reverted` needs an earlier `changed` or `removed`",
            id="reverted-at-once",
        ),
        pytest.param(
            changed("removed =", "pull = 0\nremoved ="), "`pull` must hold positive numbers only", id="pull-0"
        ),
        pytest.param(
            changed("removed =", 'pull = ["1"]\nremoved ='),
            "`pull` must hold positive numbers only",
            id="pull-text",
        ),
        pytest.param(
            changed("removed =", 'tags = [""]\nremoved ='),
            "`tags` must hold non-empty strings only",
            id="empty-tag",
        ),
        pytest.param(
            changed("removed =", "tags = [1]\nremoved ="),
            "`tags` must hold non-empty strings only",
            id="number-tag",
        ),
        pytest.param(changed(f"[rule.match]\n{MATCH}", ""), "no [rule.match]", id="no-match"),
        pytest.param(
            changed(f"[rule.fix]\n{FIX}", ""),
            'no [[rule.fix]] (use kind = "manual" where nothing can be rewritten)',
            id="no-fix",
        ),
        pytest.param(changed(EXAMPLE, ""), "no [[rule.example]] with `before` and `after`", id="no-example"),
    ],
)
def test_a_mistake_in_a_rule_is_named_with_its_file_and_rule(text: str, said: str, refusal: Refusal) -> None:
    assert refusal(text) == f"{WHERE}: {said}"


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("SU91", "old-gone", "`code` must be SU and three digits"),
        ("SU9012", "old-gone", "`code` must be SU and three digits"),
        ("su901", "old-gone", "`code` must be SU and three digits"),
        ("SU901", "old_gone", "`name` must be kebab-case"),
        ("SU901", "Old-gone", "`name` must be kebab-case"),
        ("SU901", "-gone", "`name` must be kebab-case"),
    ],
)
def test_a_code_and_a_name_have_their_form(code: str, name: str, said: str, refusal: Refusal) -> None:
    text = changed('code = "SU901"\nname = "old-gone"', f'code = "{code}"\nname = "{name}"')
    assert refusal(text) == f"1.0.0.toml, rule {code} {name}: {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            'kind = "symbl"\n',
            "`kind = 'symbl'` is not one of symbol, attribute, argument, override, behaviour, warning",
            id="kind",
        ),
        pytest.param('symbol = "a.b"\n', "`kind` is missing", id="no-kind"),
        pytest.param('kind = "symbol"\n', "`symbol` is missing", id="no-symbol"),
        pytest.param(
            'kind = "symbol"\nsymbol = 1\n', "`symbol` must be of type str or list, found int", id="number"
        ),
        pytest.param(
            'kind = "symbol"\nsymbol = "a"\nsymbols = "b"\n',
            "unknown key `symbols` (did you mean `symbol`?)",
            id="unknown",
        ),
        pytest.param(
            'kind = "symbol"\nsymbol = "a"\nkeyword = "b"\n', "unknown key `keyword`", id="key-of-another-kind"
        ),
        pytest.param('kind = "attribute"\nclass = "a.B"\n', "`attribute` is missing", id="no-attribute"),
        pytest.param(
            'kind = "attribute"\nclass = "a.B"\nattribute = "c"\nusage = "write"\n',
            "`usage = 'write'` is not one of any, call, read",
            id="usage",
        ),
        pytest.param(
            'kind = "argument"\ncallable = "a.B"\n',
            "one of `keyword`, `position`, `known` is needed",
            id="no-argument",
        ),
        pytest.param(
            'kind = "argument"\ncallable = "a.B"\nposition = -1\n',
            "`position` must be a number from 0 on",
            id="negative-position",
        ),
        pytest.param(
            'kind = "argument"\ncallable = "a.B"\nposition = true\n',
            "`position` must be a number from 0 on",
            id="position-true",
        ),
        pytest.param(
            'kind = "override"\nclass = "a.B"\nattribute = "c"\nform = "yes"\n',
            "`form = 'yes'` is not one of any, def, async def",
            id="form",
        ),
        pytest.param(
            'kind = "behaviour"\nfunction = "f"\n',
            "one of `names`, `attributes`, `keywords`, `members`, `words` is needed",
            id="no-names",
        ),
    ],
)
def test_a_mistake_in_a_match_is_named(text: str, said: str, refusal: Refusal) -> None:
    assert refusal(matching(text)) == f"{WHERE}, match: {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param('safety = "safe"\n', "`kind` is missing", id="no-kind"),
        pytest.param('kind = "replace-symbol"\n', "`safety` is missing", id="no-safety"),
        pytest.param('kind = "manual"\nsafety = "manual"\n', "unknown key `safety`", id="manual-and-safety"),
        pytest.param(
            'kind = "replace-symbol"\nsafety = "dangerous"\n',
            "`safety = 'dangerous'` is not one of safe, unsafe, manual",
            id="safety",
        ),
        pytest.param(
            'kind = "replace-symbol"\nsafety = "unsafe"\n',
            '`unsafe_because` goes with safety = "unsafe", and only with it',
            id="unsafe-without-because",
        ),
        pytest.param(
            'kind = "replace-symbol"\nsafety = "safe"\nunsafe_because = "order"\n',
            '`unsafe_because` goes with safety = "unsafe", and only with it',
            id="safe-with-because",
        ),
        pytest.param(
            'kind = "replace-symbol"\nsafety = "safe"\nreplacement_since = "?"\n',
            "`replacement_since = '?'` is not a version",
            id="replacement-since",
        ),
        pytest.param(
            'kind = "replace-symbol"\nsafety = "safe"\nreplaces = { a = 1 }\n',
            "`replaces` must map names to names",
            id="replaces",
        ),
        pytest.param(
            'kind = "remove-argument"\nsafety = "safe"\nreplace = "a"\n',
            "unknown key `replace` (did you mean `replaces`?)",
            id="unknown",
        ),
        pytest.param(
            'kind = "replace-symbol"\nsafety = "safe"\n',
            'kind = "replace-symbol" needs `replaces`',
            id="no-replaces",
        ),
        pytest.param(
            'kind = "rename-argument"\nsafety = "safe"\n', 'kind = "rename-argument" needs `to`', id="no-to"
        ),
    ],
)
def test_a_mistake_in_a_fix_is_named(text: str, said: str, refusal: Refusal) -> None:
    assert refusal(fixing(text)) == f"{WHERE}, fix: {said}"


def test_an_unknown_kind_of_fix_is_told_all_that_there_are(refusal: Refusal) -> None:
    said = refusal(fixing('kind = "magic"\nsafety = "safe"\n'))
    assert said.startswith(f"{WHERE}, fix: `kind = 'magic'` is not one of replace-symbol, ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param('before = "a"\n', "`after` is missing", id="no-after"),
        pytest.param('after = "a"\n', "`before` is missing", id="no-before"),
        pytest.param('before = ""\nafter = "a"\n', "`before` is empty", id="empty"),
        pytest.param(
            'before = "a"\nafter = "b"\nprobes = "c"\n',
            "unknown key `probes` (did you mean `probe`?)",
            id="unknown",
        ),
    ],
)
def test_a_mistake_in_an_example_is_named_with_its_number(text: str, said: str, refusal: Refusal) -> None:
    assert refusal(f"{GOOD}\n[[rule.example]]\n{text}") == f"{WHERE}, example 2: {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(changed('release = "1.0.0"\n', ""), "1.0.0.toml: `release` is missing", id="no-release"),
        pytest.param(changed("date = 2026-03-01\n", ""), "1.0.0.toml: `date` is missing", id="no-date"),
        pytest.param(
            changed('release = "1.0.0"', 'release = "one"'),
            "1.0.0.toml: `release = 'one'` is not a version",
            id="version",
        ),
        pytest.param(
            changed('release = "1.0.0"', 'release = "1.0.1"'),
            "1.0.0.toml: `release` is 1.0.1, which is not the file's name",
            id="another-name",
        ),
        pytest.param(
            f"releases = 1\n{GOOD}", "1.0.0.toml: unknown key `releases` (did you mean `release`?)", id="unknown"
        ),
        pytest.param(
            f'{HEAD}rule = "x"\n', "1.0.0.toml: `rule` must be of type dict or list, found str", id="rule-a-string"
        ),
        pytest.param(
            f'{HEAD}rule = ["x"]\n', "1.0.0.toml, rule 1: expected a table, found str", id="rule-list-of-strings"
        ),
        pytest.param(f"{GOOD}[[rule]]\n", "1.0.0.toml, rule 2: `code` is missing", id="rule-without-code"),
        pytest.param(
            f'{GOOD}[[rule]]\ncode = "SU902"\n', "1.0.0.toml, rule 2: `name` is missing", id="rule-without-name"
        ),
        pytest.param(f'{HEAD}[[note]]\nname = "a"\n', "1.0.0.toml, note 1: `text` is missing", id="note"),
    ],
)
def test_a_mistake_outside_a_rule_is_named_with_its_file(text: str, said: str, refusal: Refusal) -> None:
    assert refusal(text) == said


class TestAFileThatIsNoToml:
    def test_is_named_with_the_place_of_the_mistake(self, refusal: Refusal) -> None:
        said = refusal(f"{HEAD}[[rule]\n")
        assert said.startswith("1.0.0.toml: ")
        assert "line 3" in said

    def test_that_is_not_utf_8_is_named(self, refusal: Refusal) -> None:
        assert refusal({"1.0.0.toml": GOOD.replace("new", "né").encode("latin-1")}).startswith(
            "1.0.0.toml: 'utf-8'"
        )

    def test_that_is_a_folder_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "1.0.0.toml").mkdir()
        with pytest.raises(RulesetError, match=r"^1\.0\.0\.toml: "):
            load_releases(tmp_path)

    def test_whose_name_is_no_version_is_named(self, refusal: Refusal) -> None:
        assert refusal({"next.toml": GOOD}) == "next.toml: `release` is 1.0.0, which is not the file's name"


def test_a_folder_without_rule_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulesetError, match=r"no rule files \(\*\.toml\) here$"):
        load_releases(tmp_path)


class TestTwice:
    """A code or a name belongs to one rule of all files."""

    OTHER = changed("1.0.0", "2.0.0", HEAD) + RULE

    def test_the_same_code_in_one_file(self, refusal: Refusal) -> None:
        assert refusal(GOOD + RULE.replace("old-gone", "other")) == (
            "1.0.0.toml, rule SU901 other: `SU901` is already taken by 1.0.0.toml, rule SU901 old-gone"
        )

    def test_the_same_code_in_two_files(self, refusal: Refusal) -> None:
        files = {"1.0.0.toml": GOOD, "2.0.0.toml": self.OTHER.replace("old-gone", "other")}
        assert refusal(files) == (
            "2.0.0.toml, rule SU901 other: `SU901` is already taken by 1.0.0.toml, rule SU901 old-gone"
        )

    def test_the_same_name_in_two_files(self, refusal: Refusal) -> None:
        files = {"1.0.0.toml": GOOD, "2.0.0.toml": self.OTHER.replace("SU901", "SU902")}
        assert refusal(files) == (
            "2.0.0.toml, rule SU902 old-gone: `old-gone` is already taken by 1.0.0.toml, rule SU901 old-gone"
        )


def test_the_files_of_fastapi_are_read_as_such() -> None:
    releases = load_releases()
    packages = [release.package for release in releases]
    assert packages == sorted(packages, reverse=True)
    assert set(packages) == {"starlette", "fastapi"}
    assert all(rule.package == release.package for release in releases for rule in release.rules)
