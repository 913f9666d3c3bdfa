"""The model behind every fake that writes: canned lines, in the form that was asked for.

It sees what a model sees, the prompt and the schema, and nothing else: language, count
and limits are read from them. `long_first` makes that many answers too long.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

LINES = {
    "en": [
        "Figs with a short season",
        "Ripe for days",
        "From the grove",
        "The sun, boxed",
        "Eaten with your hands",
        "Soft and the best",
    ],
    "de": [
        "Feigen und Sonne",
        "Reif aus dem Hain",
        "Mit der Hand",
        "Die kurze Zeit",
        "Sonne für Tage",
        "Weich und reif",
    ],
    "es": [
        "Higos con sol",
        "La fruta del sol",
        "El sabor",
        "Tu caja, y sol",
        "Para el otoño",
        "Maduros por sol",
    ],
}
LONGER = {
    "en": "The box comes from the grove and is there with you in days.",
    "de": "Die Kiste kommt aus dem Hain und ist bald da.",
    "es": "La caja llega del campo y es para ti.",
}
BUTTONS = {"en": "Try the", "de": "Die", "es": "La"}


class Writer:
    """Writes `{"items": […]}`; remembers what it was asked."""

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self.long_first = 0
        self.says: str | None = None  # instead of anything else

    def answer(
        self, system: str, turns: list[str], schema: Mapping[str, Any] | None
    ) -> str:
        """Return the text of an answer to a conversation."""
        prompt = "\n".join([system, *turns])
        self.prompts.append(prompt)
        if self.says is not None:
            return self.says
        if schema and "scores" in schema["properties"]:
            return self.judgement(prompt)
        language = _found(r"\((\w\w)-\w\w\)", system, "en")
        count = int(_found(r"Write (\d+) items", prompt, "1"))
        fields = _fields(schema, prompt)
        long = len(self.prompts) <= self.long_first
        items = [
            {
                name: text_of(name, index, most, language) + " so long" * 20 * long
                for name, most in fields.items()
            }
            for index in range(count)
        ]
        return json.dumps({"items": items}, ensure_ascii=False)

    def judgement(self, prompt: str) -> str:
        """Return falling scores for as many candidates as are asked for."""
        count = int(_found(r"Give (\d+) score", prompt, "1"))
        scores = [
            {"score": round(0.9 - 0.1 * index, 2), "reason": f"number {index + 1}"}
            for index in range(count)
        ]
        return json.dumps({"scores": scores})


def text_of(name: str, index: int, most: int, language: str) -> str:
    """Return a line of at most `most` characters; each index has another."""
    lines = LINES[language]
    line = lines[index % len(lines)]
    if most >= 80:
        line = f"{line}. {LONGER[language]}"
    if len(line) > most:
        line = BUTTONS[language] if name == "cta" else line[:most].rsplit(" ", 1)[0]
    return line[:most]


def _fields(schema: Mapping[str, Any] | None, prompt: str) -> dict[str, int]:
    if schema is None:
        listed = re.findall(r"^- (\w+), at most (\d+) characters", prompt, re.MULTILINE)
        return {name: int(most) for name, most in listed}
    item = schema["properties"]["items"]["items"]["properties"]
    return {
        name: int(re.findall(r"\d+", about["description"])[0])
        for name, about in item.items()
    }


def _found(pattern: str, text: str, default: str) -> str:
    found = re.search(pattern, text)
    return found.group(1) if found else default


def spoken(content: Any) -> str:
    """Return the text of a turn, whose content may be a list of parts."""
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text", "") for part in content)
