"""Releases, and the corrections that withdraw them, sent to a partner's TAK server or TAXII collection; each sending is recorded.

What may leave was decided at the release. Sending again does no harm: both ends know what they have.
"""

import ssl
from pathlib import Path

from cathartes.casework import now, refuse_beyond_policy
from cathartes.errors import BadInput, Refused
from cathartes.following import note_sent
from cathartes.known import recalls
from cathartes.model import Release, json
from cathartes.model.following import Correction, Dispatch, State, Urgency
from cathartes.release import cot, stix
from cathartes.release.export import refuse_more_than_allowed
from cathartes.release.send import Collection, Taken, send_cot, send_stix
from cathartes.store import Workspace

CORRECTION = "correction-"


def to_tak(name: str, address: str, by: str, urgency: Urgency, workspace: Workspace, security: ssl.SSLContext | None = None) -> Dispatch:
    """Send the event of a release, or the deletions of a correction, to a TAK server; recorded as sent, since TAK gives no receipt.

    Raises `Refused` for a release that was withdrawn, `BadInput` where there is no place on the globe that may be told.
    """
    if name.startswith(CORRECTION):
        events = [cot.deletion(each, now().utc) for each in withdrawn_by(correction_of(name, workspace), workspace) if cot.has_event(each)]
    else:
        events = [cot.event(sendable(name, workspace))]
    if not events:
        raise BadInput(f"nothing that {name} withdraws was ever on a map; give its file to the receiver instead")
    send_cot(events, address, security)
    return note_sent(name, State.SENT, "tak", urgency, by, workspace)


def to_taxii(name: str, collection: Collection, by: str, urgency: Urgency, workspace: Workspace) -> tuple[Dispatch, Taken]:
    """Add a release's STIX objects, or their revoked versions for a correction, to a collection; recorded as delivered, since it confirms.

    Raises `Refused` for a release that was withdrawn.
    """
    if name.startswith(CORRECTION):
        correction = correction_of(name, workspace)
        bundles = [stix.bundle(each, revoked=correction.at.utc) for each in withdrawn_by(correction, workspace)]
    else:
        bundles = [stix.bundle(sendable(name, workspace))]
    taken = [send_stix(bundle, collection) for bundle in bundles]
    total = Taken(sum(each.added for each in taken), sum(each.known for each in taken))
    return note_sent(name, State.DELIVERED, "taxii", urgency, by, workspace), total


def sendable(name: str, workspace: Workspace) -> Release:
    """The release, once more held against its marking and the policy. Raises `Refused` where it was withdrawn."""
    if any(name in recall.releases for recall in recalls(workspace)):
        raise Refused(f"{name} was withdrawn; send the correction that `cathartes status` lists instead")
    release = json.decode(workspace.load("release", name), Release)
    refuse_more_than_allowed(release)
    refuse_beyond_policy(release, workspace)
    return release


def correction_of(name: str, workspace: Workspace) -> Correction:
    """The correction of this name. Raises `StoreFailure` when there is none."""
    return json.decode(workspace.load("correction", name), Correction)


def withdrawn_by(correction: Correction, workspace: Workspace) -> list[Release]:
    """The releases that a correction withdraws."""
    return [json.decode(workspace.load("release", name), Release) for name in correction.releases]


def identity(certificate: Path, authority: Path | None) -> ssl.SSLContext:
    """Two-way TLS: our certificate with its key in one PEM file, and the server's authority. Raises `BadInput` for any other files."""
    try:
        security = ssl.create_default_context(cafile=authority)
        security.load_cert_chain(certificate)
    except (OSError, ssl.SSLError) as problem:
        raise BadInput(
            f"{certificate.name} and its authority cannot be used ({problem}); give a PEM file with certificate and key"
        ) from None
    return security
