"""A message by e-mail. The server is a secret: smtps://user:password@host:465.

`smtp://` begins in the clear and turns to TLS before a password is sent.
"""

import re
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from connectors.notify import NotSent
from triptych.engine.notifications import Notice

SECONDS = 10.0
SENDER = "triptych@localhost"


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
        self.sender = sender or (self.user if "@" in self.user else SENDER)
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

    def letter(self, notice: Notice) -> EmailMessage:
        """Return the message. A title cannot smuggle in further headers."""
        letter = EmailMessage()
        letter["Subject"] = re.sub(r"\s+", " ", notice.title)[:200]
        letter["From"], letter["To"] = self.sender, ", ".join(self.to)
        links = [f"{name}: {url}" for name, url in notice.links]
        run = f"Run {notice.run} of {notice.workflow}."
        letter.set_content("\n".join([*notice.lines, *links, "", run, ""]))
        return letter
