"""Hands messages over: mail through Django's mail settings, text messages through the SMS port."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from email.utils import formataddr, parseaddr
from uuid import UUID, uuid5

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from packhorse.ground.messages.sms.file import FileSender
from packhorse.ground.messages.sms.port import Text
from packhorse.ground.messages.types import MessageInfo, Sending

_NAMESPACE = UUID("0c7b7a0e-3a55-5c1e-9a43-5a5d3c9b1f20")
_PERMANENT = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, UnicodeError, ValueError)


def send_mails(messages: Sequence[MessageInfo], from_names: dict[int, tuple[str, str]]) -> list[Sending]:
    """Send over one connection; each message's outcome. `from_names`: client id → (name shown as sender, address that replies go to).

    The Message-ID is made from our id, so a mail that was sent twice (its sender died before saying so) is one mail to a mail program.
    """
    outcome: list[Sending] = []
    connection = get_connection()
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    try:
        connection.open()
    except OSError as error:
        return [Sending(m.id, f"{type(error).__name__}: {error}") for m in messages]
    try:
        for m in messages:
            name, reply_to = from_names.get(m.client_id or 0, ("", ""))
            mail = EmailMessage(
                subject=m.title,
                body=m.body,
                from_email=formataddr((name, address)) if name else settings.DEFAULT_FROM_EMAIL,
                to=[m.recipient],
                reply_to=[reply_to] if reply_to else None,
                headers={
                    "Message-ID": f"<{uuid5(_NAMESPACE, str(m.id))}@{address.rpartition('@')[2] or 'localhost'}>",
                    "Auto-Submitted": "auto-generated",
                    "Content-Language": m.language,
                },
                connection=connection,
            )
            try:
                mail.send()
                outcome.append(Sending(m.id))
            except _PERMANENT as error:
                outcome.append(Sending(m.id, f"{type(error).__name__}: {error}", permanent=True))
            except (OSError, smtplib.SMTPException) as error:
                outcome.append(Sending(m.id, f"{type(error).__name__}: {error}"))
    finally:
        connection.close()
    return outcome


def send_texts(messages: Sequence[MessageInfo]) -> list[Sending]:
    """Send text messages; each one's outcome."""
    handed = FileSender().send([Text(uuid5(_NAMESPACE, str(m.id)), m.recipient, m.body.strip()) for m in messages])
    return [Sending(m.id, h.error, h.permanent) for m, h in zip(messages, handed, strict=True)]
