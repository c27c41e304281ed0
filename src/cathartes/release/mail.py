"""A release as one mail file (RFC 5322): the tear line as its text, the map layers attached. Any mail program opens and sends it."""

from email.message import EmailMessage
from email.policy import SMTP

from cathartes.messages import say
from cathartes.model import Release, Statement
from cathartes.release.geojson import GeoJsonWriter
from cathartes.release.kml import KmlWriter
from cathartes.release.tear_line import tear_line
from cathartes.release.telling import languages, overall_marking

ATTACHED = ((GeoJsonWriter, "application", "geo+json"), (KmlWriter, "application", "vnd.google-earth.kml+xml"))


class MailWriter:
    """A release as a mail without sender and receiver: whoever sends it fills them in."""

    suffix = "eml"

    def write(self, release: Release) -> bytes:
        """The message. Same release, same bytes: the boundary is the release's id."""
        message = EmailMessage(SMTP)
        title = say(Statement("mail.subject", {"lead": release.lead.id}), languages(release)[0])
        message["Subject"] = f"[{overall_marking(release.lead).value}] {title}"
        message["Message-ID"] = f"<{release.id}@cathartes.invalid>"
        if release.at is not None:
            message["Date"] = release.at.utc
        message["X-Unsent"] = "1"
        message.set_content(tear_line(release), cte="quoted-printable")
        for writer, kind, subtype in ATTACHED:
            name = f"{release.id}.{writer.suffix}"
            message.add_attachment(writer().write(release), maintype=kind, subtype=subtype, filename=name)
        message.set_boundary(f"=_{release.id}")
        return message.as_bytes()
