"""Reading multipart forms in fakes."""

from starlette.datastructures import UploadFile
from starlette.requests import Request


async def read_form(request: Request) -> tuple[dict[str, str], list[tuple[str, bytes]]]:
    """Return the plain fields, and the files as (field, bytes)."""
    fields: dict[str, str] = {}
    files: list[tuple[str, bytes]] = []
    for name, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile):
            files.append((name, await value.read()))
        else:
            fields[name] = value
    return fields, files
