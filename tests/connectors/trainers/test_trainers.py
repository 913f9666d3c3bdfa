"""Trainers: a set goes out once, its job is collected after a crash, its weights come back."""

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from connectors.sdk.transport import Pace, close_clients
from connectors.trainers import open_trainer
from tests.contracts.image import Seen
from tests.fakes.fal import FakeFal
from tests.fakes.replicate import FakeReplicate
from tests.fakes.server import Fault, Loopback
from tests.training.sets import MANIFEST as OF_A_SUBJECT
from tests.training.sets import written
from triptych.brand.load import load_brand
from triptych.cli import main
from triptych.errors import Rejected, Unavailable, UnknownConnector, Unsupported
from triptych.store.folder import FolderStore
from triptych.training.dataset import prepare
from triptych.training.lesson import (
    TrainingJob,
    collect_training,
    record_training,
    submit_training,
)
from triptych.training.manifest import load_manifest, manifest_path

MANIFEST = OF_A_SUBJECT.replace("subject", "style")  # nothing to cut: quicker
AT_REPLICATE = MANIFEST.replace("trainer: fal", "trainer: replicate\ndestination: me/figgy")


@pytest.fixture(autouse=True)
async def closing_clients() -> AsyncIterator[None]:
    yield
    await close_clients()


def lesson_of(folder: Path, fake: Any, manifest: str = MANIFEST) -> TrainingJob:
    if not folder.exists():
        written(folder, manifest)
    loaded = load_manifest(manifest_path(folder, "box-look"), "box-look")
    trainer = open_trainer(loaded.written.trainer, fake.env())
    store = FolderStore(folder.parent / "store")
    return TrainingJob(loaded, prepare(loaded), trainer, store, load_brand(folder), folder)


@pytest.mark.parametrize(
    ("fake_type", "manifest", "where"),
    [(FakeFal, MANIFEST, "fal"), (FakeReplicate, AT_REPLICATE, "replicate")],
)
async def test_what_was_trained_is_an_asset_of_the_brand(
    tmp_path: Path, loopback: Loopback, fake_type: Any, manifest: str, where: str
) -> None:
    fake = loopback.show(fake_type())
    lesson = lesson_of(tmp_path / "brand", fake, manifest)
    trained = await collect_training(lesson, await submit_training(lesson), Seen())
    lora, _ = record_training(lesson, trained)
    brand = load_brand(tmp_path / "brand")
    assert brand.loras["box-look"] == lora
    assert lora.trained_on == lesson.dataset.digest
    assert list(lora.weights) == [where]
    assert lora.trigger == ("FIGGYBOX",)
    sent = [data for data, kind in fake.files.values() if kind == "application/zip"]
    assert zipfile.ZipFile(io.BytesIO(sent[0])).testzip() is None
    assert lesson_of(tmp_path / "brand", fake).done()


@pytest.mark.parametrize(
    ("fake_type", "manifest"), [(FakeFal, MANIFEST), (FakeReplicate, AT_REPLICATE)]
)
async def test_a_training_is_paid_once_however_often_it_is_asked_for(
    tmp_path: Path,
    loopback: Loopback,
    monkeypatch: pytest.MonkeyPatch,
    fake_type: Any,
    manifest: str,
) -> None:
    fake = loopback.show(fake_type())
    lesson = lesson_of(tmp_path / "brand", fake, manifest)
    job = await submit_training(lesson)
    fake.fault = Fault("status", 503, on=lambda method, _: method == "GET")
    for provider in ("fal", "replicate"):
        pace = Pace(first=0.01, longest=0.02)
        monkeypatch.setattr(f"connectors.sdk.providers.{provider}.PACE", pace)
    with pytest.raises(Unavailable):
        await collect_training(lesson, job, Seen())
    fake.fault = None
    again = lesson_of(tmp_path / "brand", fake, manifest)
    assert again.under_way()
    record_training(
        again, await collect_training(again, await submit_training(again), Seen())
    )
    assert len(fake.jobs) == 1
    assert not again.under_way()


async def test_a_training_that_failed_is_forgotten(
    tmp_path: Path, loopback: Loopback
) -> None:
    fake = loopback.show(FakeFal())
    fake.failing = ("content_policy_violation", 422)
    lesson = lesson_of(tmp_path / "brand", fake)
    with pytest.raises(Rejected):
        await collect_training(lesson, await submit_training(lesson), Seen())
    assert not lesson.under_way()


async def test_replicate_wants_to_know_where_to_keep_it(
    tmp_path: Path, loopback: Loopback
) -> None:
    fake = loopback.show(FakeReplicate())
    lesson = lesson_of(
        tmp_path / "brand", fake, AT_REPLICATE.replace("destination: me/figgy\n", "")
    )
    with pytest.raises(Unsupported, match="destination: owner/name"):
        await submit_training(lesson)
    assert not fake.calls


def test_an_unknown_trainer_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownConnector, match="there are: fal, replicate"):
        open_trainer("civitai", {})


class TestTheCommand:
    """`triptych lora`: says what it does, asks before it pays."""

    @pytest.fixture
    def fake(self, loopback: Loopback) -> FakeFal:
        return loopback.show(FakeFal())

    def ran(self, fake: FakeFal, folder: Path, *words: str, said: str = "") -> Result:
        env = {**fake.env(), "COLUMNS": "100"}
        return CliRunner().invoke(main, ["lora", *words], input=said, env=env)

    def trained(self, fake: FakeFal, folder: Path, *more: str, said: str = "") -> Result:
        store = str(folder / "store")
        words = ("train", str(folder / "brand"), "box-look", "--store", store, "--direct")
        return self.ran(fake, folder, *words, *more, said=said)

    def test_asks_before_it_pays(self, fake: FakeFal, tmp_path: Path) -> None:
        written(tmp_path / "brand", MANIFEST)
        result = self.trained(fake, tmp_path, said="n\n")
        assert result.exit_code == 1
        assert "its price is not known here" in result.output
        assert not fake.calls

    def test_trains_lists_and_shows(self, fake: FakeFal, tmp_path: Path) -> None:
        written(tmp_path / "brand", MANIFEST)
        assert "loras.yaml names it for fal" in self.trained(fake, tmp_path, "--yes").output
        again = self.trained(fake, tmp_path, "--yes")
        assert "nothing to pay" in again.output
        assert len(fake.jobs) == 1
        listed = self.ran(fake, tmp_path, "list", str(tmp_path / "brand"))
        assert listed.output == "box-look  FIGGYBOX  scale 1  for fal\n"
        shown = self.ran(fake, tmp_path, "show", str(tmp_path / "brand"), "box-look")
        assert (
            "trained on pictures of Figuera GmbH (our own photographs); no people"
            in shown.output
        )

    def test_prepares_without_sending(self, fake: FakeFal, tmp_path: Path) -> None:
        written(tmp_path / "brand", MANIFEST)
        zipped = tmp_path / "set.zip"
        result = self.trained(fake, tmp_path, "--only-prepare", str(zipped))
        assert "nothing was sent" in result.output
        assert zipfile.ZipFile(zipped).namelist()[0] == "001.jpg"
        assert not fake.calls

    def test_refuses_without_rights(self, fake: FakeFal, tmp_path: Path) -> None:
        written(tmp_path / "brand", MANIFEST.replace("our own photographs", "CC BY-NC"))
        result = self.trained(fake, tmp_path, "--yes")
        assert result.exit_code == 2
        assert "does not allow advertising" in result.output
        assert not fake.calls
