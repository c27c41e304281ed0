"""The verbs after a release: who reviews what, where a release stands, whom to remind, what is withdrawn and who knows."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from cathartes.cli.door import WORKSPACE, ByOption, JsonOption, WorkspaceOption, app, print_json, print_made, print_table
from cathartes.errors import BadInput

ReleaseArgument = Annotated[str, typer.Argument(metavar="RELEASE", help="The release's id, such as release-1f0c9a3be2d4.")]


def _an_urgency(text: str) -> str:
    from cathartes.model.following import Urgency

    if text not in list(Urgency):
        raise typer.BadParameter(f"an urgency is one of {', '.join(Urgency)}; got {text!r}")
    return text


UrgencyOption = Annotated[
    str,
    typer.Option("--urgency", metavar="immediate|urgent|routine", help="How soon it needs an answer.", callback=_an_urgency),
]


@app.command()
def queue(workspace: WorkspaceOption = WORKSPACE, as_json: JsonOption = False) -> None:
    """List the leads that wait for a review, the most pressing first, and who has which."""
    from cathartes import casework, following
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        waiting = following.queue(opened, casework.now())
    if as_json:
        print_json(waiting)
    else:
        rows = [(each.lead, f"{each.worth:.2f}", f"{each.days:.1f}", each.held_by or "") for each in waiting]
        print_table(("lead", "worth", "days", "held by"), rows)


@app.command()
def claim(
    by: ByOption,
    lead: Annotated[str | None, typer.Option("--lead", help="This lead; otherwise the next in the queue.")] = None,
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Take the next lead for review; nobody else has it for half an hour."""
    from cathartes import following
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        made = following.claim(by, opened, lead)
    print_made(made, f"{made.lead}: {made.by} has it until {made.until.utc:%H:%M} UTC", as_json=as_json)


@app.command()
def sent(
    release: ReleaseArgument,
    by: ByOption,
    delivered: Annotated[bool, typer.Option("--delivered", help="It has arrived.")] = False,
    channel: Annotated[str, typer.Option("--channel", help="How: hand, mail, tak, taxii.")] = "hand",
    urgency: UrgencyOption = "routine",
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Record that a release was sent or has arrived, and how soon it needs an answer."""
    from cathartes import following
    from cathartes.model.following import State, Urgency
    from cathartes.store import Workspace

    state = State.DELIVERED if delivered else State.SENT
    with Workspace.existing(workspace) as opened:
        made = following.note_sent(release, state, channel, Urgency(urgency), by, opened)
    print_made(made, f"{made.release}: {made.state} by {made.channel}, {made.urgency}", as_json=as_json)


@app.command()
def send(
    name: Annotated[str, typer.Argument(metavar="RELEASE", help="The release's id, or that of a correction which withdraws some.")],
    by: ByOption,
    tak: Annotated[str | None, typer.Option("--tak", metavar="ADDRESS", help="A TAK server: tcp://host:port or tls://host:port.")] = None,
    taxii: Annotated[str | None, typer.Option("--taxii", metavar="URL", help="A TAXII 2.1 collection, up to its id.")] = None,
    user: Annotated[str, typer.Option("--user", help="The account at the collection; its password is read from TAXII_PASSWORD.")] = "",
    certificate: Annotated[Path | None, typer.Option("--certificate", help="For tls://: our certificate with its key, PEM.")] = None,
    ca: Annotated[Path | None, typer.Option("--ca", help="For tls://: the certificate of the authority that signed the server's.")] = None,
    urgency: UrgencyOption = "routine",
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Send a release, or a correction, to a TAK server or a TAXII collection, and record it; sending again does no harm."""
    import os

    from cathartes import sending
    from cathartes.model.following import Urgency
    from cathartes.release.send import Collection
    from cathartes.store import Workspace

    if (tak is None) == (taxii is None):
        raise typer.BadParameter("give one of --tak and --taxii")
    with Workspace.existing(workspace) as opened:
        if tak is not None:
            security = sending.identity(certificate, ca) if certificate else None
            made = sending.to_tak(name, tak, by, Urgency(urgency), opened, security)
            print_made({"dispatch": made}, f"{made.release}: {made.state} by tak; TAK gives no receipt", as_json=as_json)
        elif taxii is not None:
            collection = Collection(taxii, user, os.environ.get("TAXII_PASSWORD", ""))
            made, taken = sending.to_taxii(name, collection, by, Urgency(urgency), opened)
            told = f"{made.release}: {made.state} by taxii, {taken.added} objects added, {taken.known} there already"
            print_made({"dispatch": made, "taken": taken}, told, as_json=as_json)


@app.command()
def features(
    to: Annotated[str, typer.Option("--to", metavar="PARTNER", help="The audience whose releases are served, such as MEX.")],
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="On this machine only; 0 takes a free one.")] = 8765,
    workspace: WorkspaceOption = WORKSPACE,
) -> None:
    """Serve one partner what it was released, less what was withdrawn (OGC API Features), and take its answers; Ctrl-C ends it."""
    from wsgiref.simple_server import make_server

    from cathartes.serving import Endpoint, Handler

    endpoint = Endpoint(workspace, to)
    try:
        server = make_server("127.0.0.1", port, endpoint, handler_class=Handler)
    except OSError as problem:
        raise BadInput(f"port {port} cannot be opened: {problem.strerror}; give another with --port") from None
    with server, suppress(KeyboardInterrupt):
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()


@app.command()
def status(workspace: WorkspaceOption = WORKSPACE, as_json: JsonOption = False) -> None:
    """Say where every release stands, and whether anything new has come in."""
    from cathartes import casework, following
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        at = casework.now()
        listed, beat, waiting = following.standings(opened, at), following.heartbeat(opened, at), following.outstanding(opened)
    if as_json:
        print_json({"releases": listed, "heartbeat": beat, "unconfirmed": waiting})
        return
    rows = [(each.release, each.receiver, each.state, f"{each.deadline.utc:%Y-%m-%d %H:%M}" if each.deadline else "") for each in listed]
    print_table(("release", "receiver", "state", "answer due (UTC)"), rows)
    for correction in waiting:
        print(f"{correction.id}: {correction.receiver} has not confirmed the withdrawal of {', '.join(correction.releases)}")
    if beat.is_silent:
        print("nothing new came in" if beat.hours is None else f"nothing new came in for {beat.hours:.0f} hours")


@app.command()
def reminders(workspace: WorkspaceOption = WORKSPACE, as_json: JsonOption = False) -> None:
    """Write one reminder per receiver with everything that is due or overdue."""
    from cathartes import casework, following
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        digests = following.reminders(opened, casework.now())
    if as_json:
        print_json(digests)
        return
    for digest in digests:
        print(f"{digest.receiver}\n{digest.text['es']}\n{digest.text['en']}\n")
    if not digests:
        print("nothing is due")


@app.command()
def recall(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="A flight, a recording, a lead, or a file by its SHA-256.")],
    by: ByOption,
    why: Annotated[str, typer.Option("--why", help="The reason, in a sentence; it stays at the desk.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be withdrawn.")] = False,
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Withdraw an input: list all that rests on it and write one correction for each receiver."""
    from cathartes import following
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        made = (following.dependants if dry_run else following.recall)(what, why, by, opened)
        waiting = [each for each in following.outstanding(opened) if each.recall == made.id]
    if as_json:
        print_json({"recall": made, "corrections": waiting})
        return
    for word, names in (("detections", made.detections), ("leads", made.leads), ("releases", made.releases), ("receivers", made.receivers)):
        print(f"{word} ({len(names)}): {', '.join(names[:12])}{' …' if len(names) > 12 else ''}")
    for correction in waiting:
        print(workspace / "products" / "corrections" / f"{correction.id}.zip")


@app.command()
def confirm(
    correction: Annotated[str, typer.Argument(metavar="CORRECTION", help="The correction's id.")],
    by: ByOption,
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Record that a receiver has taken a correction in."""
    from cathartes import following
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        made = following.confirm(correction, by, opened)
    print_made(made, f"{made.correction}: confirmed by {made.by}", as_json=as_json)


@app.command(context_settings={"ignore_unknown_options": True})
def deconflict(
    lon: Annotated[float, typer.Argument(metavar="LON", min=-180, max=180, help="Degrees east.")],
    lat: Annotated[float, typer.Argument(metavar="LAT", min=-90, max=90, help="Degrees north.")],
    radius: Annotated[float, typer.Option("--radius", metavar="METRES", min=0, help="How near is near.")] = 2000.0,
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Say whether an open case lies near a place: yes or no, and nothing else of it."""
    from cathartes import following
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        conflict = following.deconflict(lon, lat, radius, opened)
    if as_json:
        print_json({"open_case_nearby": conflict})
    else:
        print("yes: an open case lies nearby; call this desk before acting" if conflict else "no")


@app.command()
def disclose(
    lead: Annotated[str, typer.Argument(metavar="LEAD", help="The lead's id.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The package, a zip.")],
    workspace: WorkspaceOption = WORKSPACE,
) -> None:
    """Make the complete package about a lead for a court, with what weakens the case."""
    from cathartes.disclosing import disclosure
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        made = disclosure(lead, opened)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(made)
    print(output)
