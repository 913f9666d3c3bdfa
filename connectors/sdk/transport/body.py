"""Request bodies other than JSON: forms with files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from triptych.artifact import Picture

_EXT = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


@dataclass(frozen=True, slots=True)
class File:
    """One file of a form. `part`, the name of its field, may repeat: "image[]"."""

    part: str
    name: str
    data: bytes = field(repr=False)
    media_type: str = "application/octet-stream"

    @classmethod
    def of(cls, part: str, picture: Picture, name: str = "picture") -> Self:
        """Return `picture` as the file of a form's field `part`."""
        media_type = picture.artifact.media_type
        named = f"{name}.{_EXT.get(media_type, 'bin')}"
        return cls(part, named, picture.data, media_type)


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart form. Fields that are None are left out; true is "true"."""

    fields: Mapping[str, Any]
    files: Sequence[File] = ()

    def parts(self) -> list[tuple[str, Any]]:
        """Return the parts as httpx's `files` takes them: always multipart."""
        plain: list[tuple[str, Any]] = [
            (name, (None, _spelled(value)))
            for name, value in self.fields.items()
            if value is not None
        ]
        return plain + [
            (file.part, (file.name, file.data, file.media_type)) for file in self.files
        ]


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


Body = Mapping[str, Any] | Form | bytes | None
