"""A message by e-mail. The server is a secret: smtps://user:password@host:465.

`smtp://` begins unencrypted and changes to TLS before a password is sent.
"""

import re
import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid, parseaddr
from html import escape
from typing import cast
from urllib.parse import unquote, urlsplit

from connectors.notify import NotSent
from connectors.notify.picture import sheet_of
from triptych.engine.notifications import Notice

SECONDS = 10.0


class Mail:
    """Sends to one address or several, divided by commas."""

    def __init__(self, server: str, to: str, sender: str = "") -> None:
        parts = urlsplit(server)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise NotSent("the mail server should be smtp://… or smtps://user:pass@host")
        self.host, self.secure = parts.hostname, parts.scheme == "smtps"
        self.port = parts.port or (465 if self.secure else 25)
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")
        self.to = [part.strip() for part in to.split(",") if part.strip()]
        if not self.to:
            raise NotSent("`email:` names nobody")
        self.sender = sender or _sender(self.user, self.to)
        self.name = f"email ({self.host})"

    def send(self, notice: Notice) -> None:
        try:
            with self._connected() as server:
                server.send_message(self.letter(notice))
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"{self.name} answered {error.smtp_code}") from None
        except smtplib.SMTPRecipientsRefused as error:
            count = len(error.recipients)
            raise NotSent(f"{self.name} takes no mail for {count} of them") from None
        except (smtplib.SMTPException, OSError) as error:
            # its text may hold what was sent to it
            raise NotSent(f"{self.name} failed ({type(error).__name__})") from None

    def _connected(self) -> smtplib.SMTP:
        if not self.secure:
            server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        else:
            context = ssl.create_default_context()
            server = smtplib.SMTP_SSL(
                self.host, self.port, timeout=SECONDS, context=context
            )
        try:
            self._sign_in(server)
        except BaseException:
            server.close()
            raise
        return server

    def _sign_in(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        if not self.secure and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        elif not self.secure and self.password:
            raise NotSent(f"{self.name} offers no TLS; the password was not sent to it")
        if self.password:
            server.login(self.user, self.password)

    def letter(self, notice: Notice, now: datetime | None = None) -> EmailMessage:
        """Return the message: text, and the same as HTML with the contact sheet.

        A title cannot add further headers: line ends in it become spaces.
        """
        letter = EmailMessage()
        letter["Subject"] = re.sub(r"\s+", " ", notice.title)[:200]
        letter["From"], letter["To"] = self.sender, ", ".join(self.to)
        letter["Date"] = format_datetime(now or datetime.now(UTC))
        letter["Message-ID"] = make_msgid(domain=self._domain())
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(_text(notice))
        sheet = sheet_of(notice.picture)
        cid = make_msgid(domain=self._domain()) if sheet else ""
        letter.add_alternative(_html(notice, cid[1:-1]), subtype="html")
        if sheet:
            html = cast("EmailMessage", letter.get_payload()[1])  # type: ignore[index]
            html.add_related(sheet, "image", "jpeg", cid=cid, filename="contact-sheet.jpg")
        return letter

    def _domain(self) -> str:
        return parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"


def _sender(user: str, to: list[str]) -> str:
    """Return who mails come from: the account, or "triptych" where the first reader is.

    Mail servers refuse senders like triptych@localhost.
    """
    address = user if "@" in user else f"triptych@{parseaddr(to[0])[1].rpartition('@')[2]}"
    return formataddr(("Triptych", address))


def _run(notice: Notice) -> str:
    return f"Run {notice.run} of {notice.workflow}." if notice.run else ""


def _text(notice: Notice) -> str:
    links = [f"{name}: {url}" for name, url in notice.links]
    return "\n".join([*notice.details(), *links, "", _run(notice), ""])


def _html(notice: Notice, cid: str) -> str:
    """Return the message as HTML; `cid` names the picture, if there is one."""
    lines = [f"<p>{escape(line)}</p>" for line in notice.details()]
    links = [
        f'<p><a href="{escape(url, quote=True)}">{escape(name)}</a></p>'
        for name, url in notice.links
    ]
    picture = [f'<p><img src="cid:{cid}" alt="Contact sheet"></p>'] if cid else []
    title = f"<h2>{escape(notice.title)}</h2>"
    return "\n".join([title, *picture, *lines, *links, f"<p>{escape(_run(notice))}</p>"])
