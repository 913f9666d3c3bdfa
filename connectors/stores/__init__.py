"""Where stores come from: one function opens any store from its address."""

import re
from collections.abc import Mapping
from pathlib import Path

from triptych.errors import TriptychError
from triptych.store.contract import Store
from triptych.store.folder import FolderStore
from triptych.store.place import DEFAULT

CACHE = "TRIPTYCH_CACHE"  # the folder that keeps artifacts of a distant store near


class BadAddress(TriptychError):
    """`--store` or TRIPTYCH_STORE names no store that we can open."""

    exit_code = 2


def open_store(address: str | Path, env: Mapping[str, str]) -> Store:
    """Return the store at `address`: a folder, or "s3://bucket/prefix".

    `env` is where an object store's keys are: AWS_ACCESS_KEY_ID and its sisters.

    Raises:
        BadAddress: it is neither.
    """
    written = str(address)
    scheme, separator, place = written.partition("://")
    if not separator:
        return FolderStore(Path(written))
    if scheme == "file":
        return FolderStore(Path(place))
    if scheme != "s3" or not (found := re.fullmatch(r"([^/]+)/*(.*?)/*", place)):
        raise BadAddress(
            f"{written!r} is no store; give a folder, or s3://bucket/prefix "
            "(any server that speaks S3: name it in AWS_ENDPOINT_URL)"
        )
    from connectors.stores.s3 import S3Bucket
    from triptych.store.cache import NearCache
    from triptych.store.objects import ObjectStore

    near = Path(env.get(CACHE) or Path(DEFAULT) / "cache")
    return ObjectStore(S3Bucket.from_env(found[1], found[2], env), NearCache(near))
