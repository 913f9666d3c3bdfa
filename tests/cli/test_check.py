import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.campaigns.small import Folder, a_folder
from triptych.cli import main
from triptych.workflow.problem_codes import CODES


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    return a_folder(tmp_path / "campaign")


def call(*args: object) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


# --- check


def test_a_good_file_is_told_what_it_would_make(small: Folder) -> None:
    result = call("check", small.file)
    assert result.exit_code == 0
    assert result.output == (
        f"{small.file}: good\n"
        "  locale (2) = 2 packs, each with social\n"
        "  5 units, made by compose/images, copy/phrasebook, image/procedural\n"
        "  brief: has no translations: for de-DE; what is taken from it as it is stays in "
        "en-GB\n"
    )


def test_problems_go_to_stderr_with_a_count_and_the_exit_code_2(small: Folder) -> None:
    small.edit("image/procedural", "image/studoi")
    small.edit("steps.words.headline", "steps.words.headlin")
    result = call("check", small.file)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.endswith("2 problems; `triptych explain T201` says more\n")


def test_json_is_a_list_of_problems(small: Folder) -> None:
    small.edit("steps.words.headline", "steps.words.headlin")
    result = call("check", small.file, "--format", "json")
    assert result.exit_code == 2
    assert json.loads(result.stdout) == [
        {
            "file": str(small.file),
            "line": 23,
            "column": 33,
            "path": "deliverables.social.with.headline",
            "message": "words writes no 'headlin'",
            "hint": "did you mean 'headline'?",
            "code": "T201",
        }
    ]


def test_github_annotations_are_one_escaped_line_each(small: Folder) -> None:
    small.edit("task: Write the ad.", 'task: "${{ nope }} 100%"')
    result = call("check", small.file, "--format", "github")
    (line,) = result.stdout.splitlines()
    assert line.startswith(f"::error file={small.file},line=11,col=18,title=T201::")
    assert "steps.words.with.task: there is no name 'nope'" in line


def test_sarif_names_rules_and_places(small: Folder) -> None:
    small.edit("image/procedural", "image/studoi")
    report = json.loads(call("check", small.file, "--format", "sarif").stdout)
    (run,) = report["runs"]
    (result,) = run["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert report["version"] == "2.1.0"
    assert region == {"startLine": 15, "startColumn": 11}
    assert result["ruleId"] == "T401"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["T401"]


@pytest.mark.parametrize(
    ("form", "said"), [("json", "[]"), ("github", ""), ("sarif", None)]
)
def test_a_good_file_is_empty_in_every_other_form(
    small: Folder, form: str, said: str | None
) -> None:
    result = call("check", small.file, "--format", form)
    assert result.exit_code == 0
    assert said is None or result.stdout.strip() == said


def test_every_command_that_reads_a_file_shows_the_same_problems(small: Folder) -> None:
    small.edit("image/procedural", "image/studoi")
    told = [
        call(command, small.file, *more).stderr
        for command, *more in (["check"], ["plan"], ["run", "--direct"])
    ]
    assert told[0] == told[1] == told[2]
    assert "    uses: image/studoi\n" in told[0]
    assert "              ^\n" in told[0]


def test_inputs_are_set_on_the_command_line(small: Folder) -> None:
    small.edit(
        "matrix:", "inputs: {offer: {type: text, required: true, max_length: 9}}\nmatrix:"
    )
    assert call("check", small.file).exit_code == 2
    assert call("check", small.file, "--set", "offer=Free").exit_code == 0
    assert (
        "is 10 of 9 characters"
        in call("check", small.file, "--set", "offer=1234567890").stderr
    )
    wrong = call("check", small.file, "--set", "offer")
    assert wrong.exit_code == 2
    assert "'offer' should be name=value" in wrong.stderr


# --- plan


def test_a_plan_lists_every_unit_with_its_state_and_a_total(small: Folder) -> None:
    lines = call("plan", small.file, "--store", small.path / "s").output.splitlines()
    assert lines[0].split() == ["unit", "connector", "state", "cost", "time"]
    assert [line.split()[0] for line in lines[1:6]] == [
        "words[en-GB]",
        "words[de-DE]",
        "hero",
        "social[en-GB]",
        "social[de-DE]",
    ]
    assert lines[6].startswith("5 of 5 units to make for 2 packs; cost at most $0.00")
    assert lines[7] == "2 depend on another unit, and are reused if it turns out equal"


def test_a_plan_spends_and_writes_nothing(small: Folder) -> None:
    before = sorted(small.path.rglob("*"))
    call("plan", small.file, "--store", small.path / "s")
    after = [path for path in sorted(small.path.rglob("*")) if path.is_file()]
    assert after == [path for path in before if path.is_file()]


def test_a_plan_is_data_for_machines(small: Folder) -> None:
    result = call("plan", small.file, "--store", small.path / "s", "--json")
    rows = json.loads(result.stdout)
    assert {"unit": "hero", "uses": "image/procedural", "state": "to make"}.items() <= rows[
        2
    ].items()


# --- schema, explain


def test_the_schema_is_printed_as_json() -> None:
    assert json.loads(call("schema").output)["title"] == "Triptych workflow, version 1"


@pytest.mark.parametrize("code", list(CODES))
def test_every_code_is_explained_with_cure_and_example(code: str) -> None:
    said = call("explain", code.lower()).output
    assert said.startswith(f"{code}: {CODES[code].means}\n")
    assert "For example:" in said
    assert all(len(line) <= 100 for line in said.splitlines())


def test_without_a_code_all_are_listed() -> None:
    assert [line.split()[0] for line in call("explain").output.splitlines()] == list(CODES)


def test_an_unknown_code_is_told() -> None:
    result = call("explain", "T999")
    assert result.exit_code == 2
    assert "no code is called 'T999'" in result.output


# --- start-up


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "unwanted"),
    [
        (["--help"], ("pydantic", "yaml", "jinja2", "PIL", "asyncio", "prefect")),
        (["check"], ("asyncio", "prefect", "numpy", "cv2", "pptx", "rich", "httpx")),
    ],
)
def test_a_command_imports_only_what_it_needs(
    small: Folder, command: list[str], unwanted: tuple[str, ...]
) -> None:
    """Start-up is measured in benchmarks/; what would spoil it is kept out here."""
    arguments = [*command, str(small.file)] if command == ["check"] else command
    code = (
        "import sys, contextlib\nfrom triptych.cli import main\n"
        f"with contextlib.suppress(SystemExit): main({arguments!r})\n"
        f"print('loaded:', *(m for m in {unwanted!r} if m in sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.splitlines()[-1] == "loaded:"


def test_a_folder_stands_for_its_workflows(small: Folder) -> None:
    ended = CliRunner().invoke(main, ["check", str(small.file.parent)])
    assert ended.exit_code == 0, ended.output
    assert small.file.name in ended.output
    empty = small.file.parent / "empty"
    empty.mkdir()
    ended = CliRunner().invoke(main, ["check", str(empty)])
    assert ended.exit_code == 2
    assert "no workflow file" in ended.output


def test_it_imports_neither_the_compositor_nor_the_store_for_latin_words(
    tmp_path: Path,
) -> None:
    run = [sys.executable, "-m", "triptych"]
    subprocess.run([*run, "new", "figuera", "--into", str(tmp_path)], check=True)
    code = (
        "import sys\n"
        "from triptych.cli import main\n"
        f"main(['check', {str(tmp_path / 'figuera.yaml')!r}], standalone_mode=False)\n"
        "print(*sorted(sys.modules))"
    )
    done = subprocess.run(
        [*run[:1], "-c", code], capture_output=True, text=True, check=True
    )
    modules = done.stdout.split("\n")[-2].split()
    unwanted = ("triptych.compose.layout", "triptych.evals.view", "triptych.store", "numpy")
    assert "triptych.evals.contract" in modules
    assert not [name for name in modules if name.startswith(unwanted)]
