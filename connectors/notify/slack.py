"""A message to a Slack channel, through an incoming webhook."""

from typing import Any

from connectors.notify.webhook import Webhook
from triptych.engine.notifications import Notice

SIGNS = {
    "approval-due": ":eyes:",
    "budget-warning": ":moneybag:",
    "pack-ready": ":package:",
    "failed": ":x:",
}
LONGEST = 2900  # characters of one block; Slack takes 3000


class Slack(Webhook):
    """Posts a block: title, lines, inputs, deadline, command, links."""

    kind = "slack"

    def body(self, notice: Notice) -> dict[str, Any]:
        title = f"{SIGNS[notice.occasion]} *{_escaped(notice.title)}*"
        lines = [f"• {_escaped(line)}" for line in notice.lines]
        lines += [f"{_escaped(name)}: *{_escaped(value)}*" for name, value in notice.inputs]
        if notice.deadline:
            lines.append(f"Answer by {_escaped(notice.deadline)}.")
        if notice.command:
            lines.append(f"To approve: `{_escaped(notice.command)}`")
        lines += [f"<{url}|{_escaped(name)}>" for name, url in notice.links]
        text = "\n".join([title, *lines])
        section = {"type": "mrkdwn", "text": text[:LONGEST]}
        return {
            "text": notice.title,
            "blocks": [{"type": "section", "text": section}],
        }


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
