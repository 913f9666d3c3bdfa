"""A team's installation as processes on loopback: what deploy/compose.yaml starts.

PostgreSQL, Redis, an object store, the migration, two API servers without services,
the services, the proxy, two workers: each with deploy/settings/*.env, only the
addresses exchanged for free ports.
"""

import base64
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cryptography.fernet import Fernet

from tests.servers.ports import free_port, listens, process, stop, wait_until
from tests.servers.s3 import S3Server, s3_server

DEPLOY = Path(__file__).parents[2] / "deploy"
AUTH = "team:correct-horse"
POOL = "triptych"


def settings(name: str) -> dict[str, str]:
    """Return the variables of a file of deploy/settings."""
    lines = (DEPLOY / "settings" / name).read_text().splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {key: value for key, _, value in pairs}


def needed() -> list[str]:
    """Return which programs of the topology are not installed here."""
    programs = {"initdb": postgres_bin(), "redis-server": "", "caddy": ""}
    return [
        name
        for name, folder in programs.items()
        if not (Path(folder, name).is_file() if folder else shutil.which(name))
    ]


def postgres_bin() -> str:
    """Return the folder of the newest PostgreSQL's programs (Debian keeps several)."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return str(found[-1]) if found else "/usr/lib/postgresql"


def _as_postgres(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.getuid() == 0:
        return ["runuser", "-u", "postgres", "--", *command]
    return list(command)


def _succeeds(command: list[str]) -> bool:
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode == 0


@contextlib.contextmanager
def postgres(log: Path) -> Iterator[str]:
    """Run a PostgreSQL of our own and yield its address for Prefect."""
    port = free_port()
    programs = postgres_bin()
    # beside tmp_path: its parents are closed to the user that PostgreSQL runs as
    folder = tempfile.mkdtemp(prefix="triptych-postgres-")
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        data = f"{folder}/data"
        how = ["--auth=trust", "--username=triptych", "--no-sync"]
        command = _as_postgres(f"{programs}/initdb", "-D", data, *how)
        subprocess.run(command, check=True, capture_output=True, cwd="/tmp")
        serve = [f"{programs}/postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port)]
        with process(_as_postgres(*serve, "-k", folder), log):
            ready = [f"{programs}/pg_isready", "-h", "127.0.0.1", "-p", str(port)]
            # it listens before it answers
            wait_until(lambda: _succeeds(ready), "PostgreSQL does not start", 30)
            server = f"triptych@127.0.0.1:{port}"
            create = [f"{programs}/createdb", "-h", "127.0.0.1", "-p", str(port)]
            subprocess.run([*create, "-U", "triptych", "triptych"], check=True)
            yield f"postgresql+asyncpg://{server}/triptych"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[int]:
    """Run a Redis that writes nothing to disk and yield its port."""
    port = free_port()
    how = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with process(["redis-server", *how, "--dir", str(folder)], folder / "redis.log"):
        wait_until(lambda: listens(port), "Redis does not start", 20)
        yield port


@dataclass
class Team:
    """The installation while it runs."""

    api: str  # through the proxy
    s3: S3Server
    folder: Path
    env: Mapping[str, str]  # of workers, and of people's commands
    servers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    direct: list[str] = field(default_factory=list)  # each API server, past the proxy

    def run(self, *command: str, ok: bool = True) -> str:
        """Run `triptych …` as a person of the team would, and return what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "triptych", *command],
            cwd=self.folder,
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        said = done.stdout + done.stderr
        assert (done.returncode == 0) == ok, said
        return said

    def asked(self, method: str, path: str, body: object = None) -> object:
        """Ask the API, through the proxy, with the team's password and a CSRF token."""
        import httpx

        user, _, password = AUTH.partition(":")
        with httpx.Client(auth=(user, password), timeout=30) as client:
            given = client.get(f"{self.api}/csrf-token", params={"client": "test"}).json()
            token = {"Prefect-Csrf-Token": given["token"], "Prefect-Csrf-Client": "test"}
            answer = client.request(method, f"{self.api}{path}", json=body, headers=token)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def kill_a_server(self) -> None:
        """Kill the first API server as the kernel would."""
        first = self.servers[0]
        os.killpg(first.pid, 9)
        first.wait(10)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def _prefect(*command: str) -> list[str]:
    return [sys.executable, "-m", "prefect", "--no-prompt", *command]


def _server_env(database: str, redis_port: int, home: Path) -> dict[str, str]:
    return {
        **settings("server.env"),
        "PREFECT_HOME": str(home),
        "PREFECT_API_DATABASE_CONNECTION_URL": database,
        "PREFECT_REDIS_MESSAGING_HOST": "127.0.0.1",
        "PREFECT_REDIS_MESSAGING_PORT": str(redis_port),
        "PREFECT_SERVER_DOCKET_URL": f"redis://127.0.0.1:{redis_port}/1",
        "PREFECT_SERVER_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "PREFECT_SERVER_API_AUTH_STRING": AUTH,
        "PREFECT_API_AUTH_STRING": AUTH,
        "PYTHONPATH": str(DEPLOY.parent),
    }


def _client_env(api: str, s3: S3Server, folder: Path) -> dict[str, str]:
    return {
        **settings("worker.env"),
        **s3.env,
        "PREFECT_HOME": str(folder / "home"),
        "PREFECT_API_URL": api,
        "PREFECT_API_AUTH_STRING": AUTH,
        "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "true",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "TRIPTYCH_STORE": "s3://triptych/campaigns",
        "TRIPTYCH_CACHE": str(folder / "cache"),
        "TRIPTYCH_WEBHOOK_SECRET": f"whsec_{base64.b64encode(os.urandom(32)).decode()}",
        "PYTHONPATH": str(DEPLOY.parent),
    }


@contextlib.contextmanager
def team(folder: Path) -> Iterator[Team]:
    """Run the whole installation until the block ends."""
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        database = enter(postgres(folder / "postgres.log"))
        redis_port = enter(redis(folder))
        s3 = enter(s3_server(folder))
        s3.make_bucket("triptych")
        env = _server_env(database, redis_port, folder / "server-home")
        migrate = [sys.executable, "-m", "flows.migrate"]
        done = subprocess.run(
            migrate, env={**os.environ, **env}, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        made = Team("", s3, folder, {})
        for number in (1, 2):
            port = free_port()
            where = ["--host", "127.0.0.1", "--port", str(port), "--no-services"]
            serve = _prefect("server", "start", *where)
            made.servers.append(enter(process(serve, folder / f"api-{number}.log", env)))
            made.direct.append(f"http://127.0.0.1:{port}/api")
        services = _prefect("server", "services", "start")
        enter(process(services, folder / "services.log", env))
        for address in made.direct:
            wait_until(partial(_answers, address), f"{address} does not start", 90)
        hooks = free_port()
        made.api = enter(_proxy(made.direct, hooks, folder))
        made.env = _client_env(made.api, s3, folder)
        for number in (1, 2):
            enter(_worker(number, made))
        serve = [sys.executable, "-m", "triptych", "webhooks", "serve"]
        command = [*serve, "--port", str(hooks)]
        enter(process(command, folder / "webhooks.log", made.env))
        yield made


@contextlib.contextmanager
def _proxy(apis: list[str], hooks: int, folder: Path) -> Iterator[str]:
    port = free_port()
    env = {
        "TRIPTYCH_SITE": f"http://127.0.0.1:{port}",
        "TRIPTYCH_APIS": " ".join(a.split("/")[2] for a in apis),
        "TRIPTYCH_HOOKS": f"127.0.0.1:{hooks}",
        "CADDY_DATA": str(folder / "caddy"),
        "XDG_CONFIG_HOME": str(folder / "caddy"),
        "HOME": str(folder),
    }
    config = ["--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    with process(["caddy", "run", *config], folder / "proxy.log", env):
        address = f"http://127.0.0.1:{port}/api"
        wait_until(lambda: _answers(address), "the proxy does not start", 30)
        yield address


@contextlib.contextmanager
def _worker(number: int, made: Team) -> Iterator[None]:
    """Run a worker on a "machine" of its own: folder, home and cache are not shared."""
    here = made.folder / f"worker-{number}"
    here.mkdir()
    env = {
        **made.env,
        "PREFECT_HOME": str(here / "home"),
        "TRIPTYCH_CACHE": str(here / "cache"),
    }
    how = ["--pool", POOL, "--type", "process", "--name", f"worker-{number}"]
    command = ["sh", "-c", f'cd "{here}" && exec "$@"', "sh"]
    command += _prefect("worker", "start", *how, "--limit", "2")
    with process(command, made.folder / f"worker-{number}.log", env) as child:
        yield
        stop(child)
