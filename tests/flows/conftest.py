"""A Prefect server for the tests that need one: started once, stopped at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the API's address; the server keeps its home in a temporary folder."""
    from click.testing import CliRunner
    from prefect.context import refresh_global_settings_context

    from triptych.cli.server import Booting, settings_for
    from triptych.cli.services import down

    store = tmp_path_factory.mktemp("server")
    patch = pytest.MonkeyPatch()
    patch.setenv("PREFECT_HOME", str(store / "prefect"))
    patch.delenv("PREFECT_API_URL", raising=False)
    booting = Booting.start(store)
    try:
        address = booting.address()
        for name, value in settings_for(address, {}, store).items():
            patch.setenv(name, value)
        refresh_global_settings_context()  # an earlier test may have imported Prefect
        yield address
    finally:
        CliRunner().invoke(down, ["--store", str(store), "--quiet"])
        patch.undo()
        refresh_global_settings_context()


@pytest.fixture
def campaign_folder(tmp_path: Path) -> Path:
    """Return a folder with the Figuera example."""
    from triptych.cli.new import copy_example

    folder = tmp_path / "camp"
    copy_example("figuera", folder)
    return folder
