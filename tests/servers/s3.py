"""A real S3 server in a process of its own: moto's."""

import contextlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.servers.ports import free_port, listens, process, wait_until


@dataclass(frozen=True)
class S3Server:
    """Where it answers, and what a client needs in its environment."""

    endpoint: str

    @property
    def env(self) -> Mapping[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test-secret",
            "AWS_REGION": "us-east-1",
        }

    def make_bucket(self, name: str) -> None:
        """Create the bucket `name`, as an operator would."""
        import boto3

        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test-secret"}
        client = boto3.client("s3", endpoint_url=self.endpoint, **keys)
        client.create_bucket(Bucket=name)
        client.close()


@contextlib.contextmanager
def s3_server(folder: Path, env: Mapping[str, str] | None = None) -> Iterator[S3Server]:
    """Run the server until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with process(command, folder / "s3.log", env):
        wait_until(lambda: listens(port), "the S3 server does not start", 30)
        yield S3Server(f"http://127.0.0.1:{port}")
