import io
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from connectors import about
from connectors.notify import notifying
from tests.campaigns.words import words_campaign
from tests.servers.ports import free_port
from tests.servers.post import http_box, mail_box
from triptych.engine.events import (
    ApprovalDue,
    Event,
    Notified,
    PackBuilt,
    RunDone,
    RunStarted,
)
from triptych.engine.notifications import RunDetails
from triptych.errors import DefinitionError
from triptych.pack.build import NOT_APPROVED
from triptych.webhook_signature import BadSignature, check, key_of, notify_key, workflow_key
from triptych.workflow.load import Campaign, load_campaign

SETS = {"offer": "Free box"}
EVENTS: tuple[Event, ...] = (
    RunStarted("words-only", 2, 1, run="run-1"),
    PackBuilt("words-only", "packs/words-only", "x.zip", 5, (), "https://x.test/zip"),
    RunDone("done", 2, 0, 0, 1.0, 0.0, run="run-1"),
)


def campaign(tmp_path: Path, notify: str) -> Campaign:
    path = words_campaign(tmp_path, f"notify: {notify}\n")
    return load_campaign(path, about=about, sets=SETS)


async def told(
    asked: Campaign,
    env: Mapping[str, str],
    *events: Event,
    about_it: RunDetails | None = None,
) -> list[Notified]:
    heard: list[Event] = []
    async with notifying(asked, env, heard.append, about_it) as tell:
        for event in events or EVENTS:
            tell(event)
    return [event for event in heard if isinstance(event, Notified)]


async def test_a_webhook_gets_the_whole_notice(tmp_path: Path) -> None:
    asked = campaign(tmp_path, '{webhook: "${{ secrets.HOOK }}"}')
    with http_box() as box:
        (said,) = await told(asked, {"HOOK": box.address})
    assert said == Notified("pack-ready", "webhook (127.0.0.1)", "")
    assert box.came == [
        {
            "event": "pack-ready",
            "workflow": "words-only",
            "run": "run-1",
            "title": "words-only: 1 pack ready, for $0.00",
            "lines": ["words-only"],
            "inputs": {},
            "deadline": "",
            "command": "",
            "links": [{"name": "words-only", "url": "https://x.test/zip"}],
        }
    ]


async def test_a_webhook_is_signed_where_there_is_a_secret(tmp_path: Path) -> None:
    asked = campaign(tmp_path, '{webhook: "${{ secrets.HOOK }}"}')
    secret = "whsec_" + "a2tra2tr" * 4
    with http_box() as box:
        await told(asked, {"HOOK": box.address, "TRIPTYCH_WEBHOOK_SECRET": secret})
    ((headers, body),) = box.raw
    lower = {name.lower(): value for name, value in headers.items()}
    key = notify_key(key_of(secret), "words-only")
    assert check(lower, body, key, time.time()) == "run-1.pack-ready"
    for starting in (key_of(secret), workflow_key(key_of(secret), "words-only")):
        with pytest.raises(BadSignature):
            check(lower, body, starting, time.time())


async def test_a_reminder_is_no_replay_of_what_was_told_before(tmp_path: Path) -> None:
    asked = campaign(tmp_path, '{webhook: "${{ secrets.HOOK }}", events: [approval-due]}')
    due = [ApprovalDue(("a/en",), reminder, run="run-1") for reminder in range(3)]
    with http_box() as box:
        env = {"HOOK": box.address, "TRIPTYCH_WEBHOOK_SECRET": "whsec_" + "a2tra2tr" * 4}
        await told(asked, env, *due)
    ids = [
        {k.lower(): v for k, v in headers.items()}["webhook-id"] for headers, _ in box.raw
    ]
    assert ids == ["run-1.approval-due", "run-1.approval-due.1", "run-1.approval-due.2"]


@pytest.mark.parametrize(
    "value",
    [
        "https://hooks.slack.com/services/T00/B00/abcDEF123",
        "smtps://ana:hush-hush@mail.test:465",
    ],
)
def test_a_secret_written_into_the_file_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(DefinitionError, match=r"looks like a secret.*T403"):
        campaign(tmp_path, f"{{webhook: '{value}'}}")


async def test_slack_gets_a_text_and_a_block_with_links(tmp_path: Path) -> None:
    asked = campaign(tmp_path, '{slack: "${{ secrets.SLACK_URL }}"}')
    with http_box() as box:
        await told(asked, {"SLACK_URL": box.address})
    (came,) = box.came
    assert came["text"] == "words-only: 1 pack ready, for $0.00"
    text = came["blocks"][0]["text"]["text"]
    assert "<https://x.test/zip|words-only>" in text


async def test_a_letter_reaches_everyone_it_is_for(tmp_path: Path) -> None:
    asked = campaign(tmp_path, "{email: 'ana@figuera.test, bo@figuera.test'}")
    with mail_box() as box:
        (said,) = await told(asked, {"SMTP_URL": f"smtp://127.0.0.1:{box.port}"})
    assert said.error == ""
    (letter,) = box.letters
    assert letter["Subject"] == "words-only: 1 pack ready, for $0.00"
    assert letter["To"] == "ana@figuera.test, bo@figuera.test"
    assert "words-only: https://x.test/zip" in text_of(letter)
    assert letter["From"] == "Triptych <triptych@figuera.test>"
    assert parsedate_to_datetime(letter["Date"]).year >= 2026
    assert letter["Message-ID"].endswith("@figuera.test>")


def text_of(letter: Any) -> str:
    return str(letter.get_body(preferencelist=("plain",)).get_content())


ABOUT = RunDetails(
    inputs={"offer": "Free <box>"},
    store="/srv/store",
    pages=lambda run, packs: [(pack, f"https://x.test/{run}/{pack}") for pack in packs],
    deadline=lambda: "Tue 8 Dec 2026, 06:00 UTC",
)


def waiting_pack(folder: Path) -> tuple[Event, ...]:
    """Return the events of a run whose pack, with a contact sheet, waits."""
    folder.mkdir()
    Image.new("RGB", (1600, 900), "#336699").save(folder / "contact-sheet.jpg")
    return (
        RunStarted("words-only", 2, 1, run="run-1"),
        PackBuilt("words-only", str(folder), "", 5, (NOT_APPROVED,)),
        ApprovalDue(("words-only",), run="run-1"),
    )


async def test_an_approval_mail_says_what_waits_and_how_to_answer(tmp_path: Path) -> None:
    asked = campaign(tmp_path, "{email: ana@figuera.test, events: [approval-due]}")
    with mail_box() as box:
        env = {"SMTP_URL": f"smtp://127.0.0.1:{box.port}"}
        await told(asked, env, *waiting_pack(tmp_path / "pack"), about_it=ABOUT)
    (letter,) = box.letters
    assert letter["Subject"] == "words-only · offer=Free <box>: 1 pack for your approval"
    text = text_of(letter)
    assert "offer: Free <box>" in text
    assert "To approve: triptych approve run-1 --store /srv/store" in text
    assert "Answer by Tue 8 Dec 2026, 06:00 UTC." in text
    assert "words-only: https://x.test/run-1/words-only" in text
    html = letter.get_body(preferencelist=("html",)).get_content()
    assert "offer: Free &lt;box&gt;" in html
    (picture,) = [part for part in letter.walk() if part.get_content_type() == "image/jpeg"]
    assert f"cid:{picture['Content-ID'][1:-1]}" in html
    with Image.open(io.BytesIO(picture.get_content())) as image:
        assert image.width == 600


async def test_an_approval_message_to_slack_has_links_inputs_and_command(
    tmp_path: Path,
) -> None:
    asked = campaign(
        tmp_path, '{slack: "${{ secrets.SLACK_URL }}", events: [approval-due]}'
    )
    with http_box() as box:
        events = waiting_pack(tmp_path / "pack")
        await told(asked, {"SLACK_URL": box.address}, *events, about_it=ABOUT)
    text = box.came[0]["blocks"][0]["text"]["text"]
    assert "offer: *Free &lt;box&gt;*" in text
    assert "`triptych approve run-1 --store /srv/store`" in text
    assert "Answer by Tue 8 Dec 2026, 06:00 UTC." in text
    assert "<https://x.test/run-1/words-only|words-only>" in text


async def test_a_contact_sheet_that_is_gone_stops_no_mail(tmp_path: Path) -> None:
    asked = campaign(tmp_path, "{email: ana@figuera.test, events: [approval-due]}")
    events = waiting_pack(tmp_path / "pack")
    (tmp_path / "pack" / "contact-sheet.jpg").write_bytes(b"half")
    with mail_box() as box:
        await told(asked, {"SMTP_URL": f"smtp://127.0.0.1:{box.port}"}, *events)
    assert len(box.letters) == 1


async def test_a_password_is_never_sent_in_the_clear(tmp_path: Path) -> None:
    asked = campaign(tmp_path, "{email: ana@figuera.test}")
    with mail_box() as box:
        url = f"smtp://ana:hush-hush@127.0.0.1:{box.port}"
        (said,) = await told(asked, {"SMTP_URL": url})
    assert "offers no TLS; the password was not sent" in said.error
    assert box.letters == []


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_a_refusal_is_told_without_the_address(tmp_path: Path, status: int) -> None:
    asked = campaign(tmp_path, '{slack: "${{ secrets.SLACK_URL }}"}')
    with http_box(status) as box:
        (said,) = await told(asked, {"SLACK_URL": box.address})
    assert said.error == f"slack (127.0.0.1) answered {status}"


async def test_nobody_there_is_told_without_the_address(tmp_path: Path) -> None:
    asked = campaign(tmp_path, '{webhook: "${{ secrets.HOOK }}"}')
    dead = f"http://127.0.0.1:{free_port()}/hush-hush"
    (said,) = await told(asked, {"HOOK": dead})
    assert "does not answer (ConnectError)" in said.error
    assert "hush" not in said.error


async def test_a_mail_server_that_refuses_is_told_without_its_words(tmp_path: Path) -> None:
    asked = campaign(tmp_path, "{email: ana@figuera.test}")
    with mail_box(refuse="554 hush-hush") as box:
        (said,) = await told(asked, {"SMTP_URL": f"smtp://127.0.0.1:{box.port}"})
    assert said.error == "email (127.0.0.1) answered 554"


@pytest.mark.parametrize("kind", ["webhook", "slack"])
async def test_a_secret_that_is_not_set_is_told_and_nothing_fails(
    tmp_path: Path, kind: str
) -> None:
    asked = campaign(tmp_path, f'{{{kind}: "${{{{ secrets.HOOK }}}}"}}')
    (said,) = await told(asked, {})
    assert "set HOOK" in said.error


@pytest.mark.parametrize("value", ["file:///etc/passwd", "hush-hush", "http://"])
async def test_an_address_that_is_none_is_told_without_it(
    tmp_path: Path, value: str
) -> None:
    asked = campaign(tmp_path, '{webhook: "${{ secrets.HOOK }}"}')
    (said,) = await told(asked, {"HOOK": value})
    assert said.error.endswith("the webhook's address is no web address")


async def test_a_run_that_breaks_is_told_and_breaks_all_the_same(tmp_path: Path) -> None:
    asked = campaign(tmp_path, '{webhook: "${{ secrets.HOOK }}"}')
    with http_box() as box:
        with pytest.raises(RuntimeError, match="disk full"):
            async with notifying(asked, {"HOOK": box.address}, lambda _: None):
                raise RuntimeError("disk full")
        assert box.came[0]["title"] == "words-only stopped"
        assert box.came[0]["lines"] == ["disk full"]


async def test_without_notify_events_pass_untouched(tmp_path: Path) -> None:
    path = words_campaign(tmp_path)
    heard: list[Event] = []
    asked = load_campaign(path, about=about, sets=SETS)
    async with notifying(asked, {}, heard.append) as tell:
        tell(EVENTS[0])
    assert heard == [EVENTS[0]]
