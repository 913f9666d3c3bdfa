"""The image's parts as the container would run them: its files, its user, a closed disk.

No engine is needed: namespaces of the kernel give a root that cannot be written. What
this does not prove (the base image, the download of the requirements, the engine itself)
is said in docs/operations.md.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.campaigns.small import BRAND, BRIEF, WORKFLOW
from tests.servers.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.topology]
ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("image.sh")
ALONE = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]

COMMANDS = """\
test "$(id -u)" = 10001
! touch /etc/written 2>/dev/null
! touch /opt/triptych/written 2>/dev/null
triptych --help >/dev/null

python -m flows.migrate
prefect server start --host 127.0.0.1 --port PORT --no-services >server.log 2>&1 &
export PREFECT_API_URL=http://127.0.0.1:PORT/api
is_healthy() {
  python -c 'import sys; from flows.health import is_healthy
sys.exit(not is_healthy("server start", "http://127.0.0.1:PORT/api/health"))'
}
for _ in $(seq 240); do is_healthy && break; sleep 1; done
is_healthy || { cat server.log; exit 1; }

mkdir campaign
cat >campaign/small.yaml <<'END'
WORKFLOW
END
cat >campaign/brief.md <<'END'
BRIEF
END
cat >campaign/brand.yaml <<'END'
BRAND
END
triptych run campaign/small.yaml --store store --packs packs --plain
triptych deploy campaign --store store --packs worked
prefect worker start --pool triptych --type process >worker.log 2>&1 &
prefect deployment run campaign/small --watch || { cat worker.log; exit 1; }
ls packs/small/*.zip worked/small/*.zip
python -m flows.retention --days 90
"""


def has_namespaces() -> bool:
    """Say whether this kernel and user may close a disk for one process."""
    if sys.platform != "linux" or os.getuid() or not shutil.which("setpriv"):
        return False
    tried = subprocess.run([*ALONE, "true"], capture_output=True, check=False)
    return tried.returncode == 0


def copied(folder: Path) -> Path:
    """Copy what the Dockerfile's COPY lines name, and nothing else, into `folder`."""
    for line in (ROOT / "deploy" / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            *sources, target = line.split()[1:]
            for source in sources:
                path = ROOT / source
                if path.is_dir():
                    no = shutil.ignore_patterns("__pycache__")
                    shutil.copytree(path, folder / target, ignore=no)
                else:
                    place = folder / target / path.name
                    place.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, place)
    return folder


@pytest.mark.skipif(not has_namespaces(), reason="needs root and namespaces: not measured")
def test_every_part_runs_as_nobody_on_a_disk_that_cannot_be_written(tmp_path: Path) -> None:
    parts = {"WORKFLOW": WORKFLOW, "BRIEF": BRIEF, "BRAND": BRAND, "PORT": str(free_port())}
    text = re.sub("|".join(parts), lambda found: parts[found[0]].rstrip(), COMMANDS)
    commands = tmp_path / "commands.sh"
    commands.write_text(text)
    site = sysconfig.get_path("purelib")
    what = [str(copied(tmp_path / "sources")), sys.executable, site, str(commands)]
    done = subprocess.run(
        [*ALONE, "sh", str(SCRIPT), *what],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    zips = {
        f"{by}/small/{of}.zip" for by in ("packs", "worked") for of in ("de-DE", "en-GB")
    }
    assert zips <= set(done.stdout.splitlines()), said
    assert "0 runs deleted" in said
