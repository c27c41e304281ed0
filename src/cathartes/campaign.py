"""The path, on one page: a flight folder's recordings → detections → sources → leads, and the products of each.

Every step's result is kept under the hash of what went in and of this version, so a run that was stopped goes on where it was.
What happens to a lead afterwards (review, release, answer) is in `cathartes.casework`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from cathartes.assess import assemble, permissions, search_region
from cathartes.assess.persistence import Before
from cathartes.earth.search import search_around
from cathartes.errors import BadInput
from cathartes.kernels import sources_digest
from cathartes.known import at_threshold, known_before
from cathartes.messages import LANGUAGES
from cathartes.model import (
    DESK,
    Authority,
    Cube,
    DetectionKind,
    Draws,
    EmitterList,
    Flight,
    Frame,
    GasLog,
    Lead,
    Located,
    Markings,
    MotionImagery,
    Permission,
    Reading,
    Standing,
    Statement,
    Still,
    digest_of,
    json,
)
from cathartes.plugins import Detected, Locator, Progress, installed
from cathartes.readers.flight_folder import Folder, open_flight, read_folder
from cathartes.readers.motion.stream import picture_size
from cathartes.release.export import export, formats, suffix_of
from cathartes.release.figures import Scene, detectability_png
from cathartes.release.geojson import detections_collection, leads_collection, sources_collection
from cathartes.release.geotiff import rasters
from cathartes.release.redact import redact
from cathartes.release.still import PIXEL, stills_of
from cathartes.store import Workspace
from cathartes.store.footprints import Footprints

Noun = TypeVar("Noun")
Kind = TypeVar("Kind", GasLog, EmitterList)
STILLS = 3
"""A lead shows at most so many pictures: it is to open on a phone."""


@dataclass(frozen=True)
class Campaign:
    """What one run of one flight found; `products` are paths below the workspace's `products/`."""

    contents: Folder
    detected: Detected
    located: Mapping[str, Located]
    leads: tuple[Lead, ...]
    products: tuple[str, ...]


def run(folder: Path, workspace: Workspace, executor: Executor, progress: Progress, author: str = "cathartes") -> Campaign:
    """Take the flight in `folder` to leads before a reviewer. Raises `BadInput` when the folder or a recording cannot be read.

    Same folder, registers, lists and version give the same products, byte for byte, whatever the executor.
    """
    contents = opened(folder)
    ingest(folder, contents, workspace)
    detected = detect(contents, workspace, progress)
    located = {}
    for gas in (*gases_sought(contents), *gases_in_cubes(contents, detected)):
        key = step_key("locate", gas, contents.flight, contents.readings)
        located[gas] = remembered(workspace, contents.flight, key, Located, partial(locate, contents, gas, executor, progress))
    registers = registers_known(contents, workspace)
    before = known_before(contents.flight, [each for found in located.values() for each in found.sources], workspace)
    leads = tuple(lead for gas, found in located.items() for lead in leads_of(contents, gas, found, detected, registers, author, before))
    leads = asked_of_lists(shown(leads, contents, workspace), detected, workspace)
    products = publish(contents.flight, detected, located, leads, workspace, progress)
    return Campaign(contents, detected, located, leads, products)


def opened(folder: Path) -> Folder:
    """The flight folder, read; where `flight.toml` states no search area, one around the instruments is assumed."""
    contents = within_authority(read_folder(folder, open_flight(folder)))
    logs = contents_of(GasLog, contents)
    if contents.flight.search is not None or not logs:
        return contents
    return replace(contents, flight=replace(contents.flight, search=search_around(logs)))


def within_authority(contents: Folder) -> Folder:
    """The folder with every recording marked that was not collected within the flight's authority, and then the flight too.

    Their marking is TLP:RED, which no release leaves with, and whatever is made from them inherits it. A flight whose authority is
    not a table has nothing to be held to; its lead says so.
    """
    flight = contents.flight
    if not isinstance(flight.authority, Authority):
        return contents
    denied = {each.recording: each for each in permissions(flight, contents.readings) if not each.allowed}
    if not denied:
        return contents
    readings = tuple(marked(reading, denied.get(reading.recording.id)) for reading in contents.readings)
    return replace(contents, flight=replace(flight, marking=Markings()), readings=readings)


def marked(reading: Reading, denial: Permission | None) -> Reading:
    """The reading, kept from release and with the reason in its health where it was denied."""
    if denial is None:
        return reading
    rules = ", ".join(check.rule for check in denial.checks if check.standing is not Standing.WITHIN)
    told = (*reading.recording.health, Statement("authority.denied", {"rules": rules}))
    return replace(reading, recording=replace(reading.recording, health=told, markings=Markings()))


def permissions_of(folder: Path) -> tuple[Flight, tuple[Permission, ...]]:
    """The flight in `folder`, and whether each sensor's recording was collected within its authority."""
    contents = read_folder(folder, open_flight(folder))
    return contents.flight, permissions(contents.flight, contents.readings)


def ingest(folder: Path, contents: Folder, workspace: Workspace) -> None:
    """Store the flight, every recording, and the very bytes each was read from, the height grid's too where one was used."""
    flight = contents.flight
    workspace.keep("flight", flight.id, json.encode(flight), act="ingest")
    for reading in contents.readings:
        recording = reading.recording
        # A cube may be larger than memory: its digest is in the recording, its bytes stay where they are.
        if not isinstance(reading.content, Cube):
            workspace.keep("file", recording.digest, (folder / recording.name).read_bytes(), act="ingest", of=recording.id)
        if flight.terrain.dem and isinstance(reading.content, GasLog) and len(recording.custody.inputs) > 1:
            grid = (folder / flight.terrain.dem).read_bytes()
            workspace.keep("file", digest_of(grid), grid, act="ingest", of=recording.id)
        workspace.keep("recording", recording.id, json.encode(recording), act="ingest", of=flight.id)
        if isinstance(reading.content, MotionImagery):
            with Footprints.open(workspace.folder) as footprints:
                picture = picture_size(folder / recording.name)
                footprints.add(recording.name, recording.digest, reading.content.utc_s, reading.content.footprint, picture)
    for permission in permissions(flight, contents.readings):
        workspace.keep("permission", permission.recording, json.encode(permission), act="result", of=flight.id)


def detect(contents: Folder, workspace: Workspace, progress: Progress) -> Detected:
    """Every detector's detections and coverage, in every recording whose content it takes."""
    found, flight = [], at_threshold(contents.flight, workspace)
    for name, detector in installed("detectors").items():
        for reading in readings_of(detector.content, contents):
            progress(f"detect: {reading.recording.name}", 0.0)
            key = step_key("detect", name, flight, [reading])
            found.append(remembered(workspace, flight, key, Detected, partial(detector.detect, reading, flight)))
    return Detected(
        tuple(detection for one in found for detection in one.detections), tuple(covered for one in found for covered in one.coverage)
    )


def gases_sought(contents: Folder) -> tuple[str, ...]:
    """The gas that `flight.toml` names, or every gas in the logs; none when the folder holds no gas log."""
    measured = sorted({gas for log in contents_of(GasLog, contents) for gas in log.gases})
    sought = contents.flight.gas_log.gas
    if sought is None or not measured:
        return tuple(measured)
    if sought not in measured:
        raise BadInput(f"flight.toml seeks {sought}, but the gas logs hold {', '.join(measured)}; correct [gas_log] gas")
    return (sought,)


def gases_in_cubes(contents: Folder, detected: Detected) -> tuple[str, ...]:
    """Gases that were seen in cubes and that no gas log measured."""
    seen = {each.gas for each in detected.detections if each.kind is DetectionKind.GAS_COLUMN and each.gas is not None}
    return tuple(sorted(seen - {gas for log in contents_of(GasLog, contents) for gas in log.gases}))


def locate(contents: Folder, gas: str, executor: Executor, progress: Progress, after: Draws | None = None) -> Located:
    """The sources of one gas: from the logs that measured it, else from cubes. Of several such locators the last by name answers."""
    measured = any(gas in log.gases for log in contents_of(GasLog, contents))
    locators: list[Locator] = [each for each in installed("locators").values() if (each.content is GasLog) is measured]
    locator = locators[-1]
    return locator.locate(readings_of(locator.content, contents), gas, contents.flight, executor, progress, after)


def draws_of(folder: Path, executor: Executor, progress: Progress, after: Draws | None = None) -> Draws:
    """The posterior draws for the one gas the flight in `folder` seeks, without a workspace, `after` earlier flights' draws.

    Raises `BadInput` if it seeks none, or more than one.
    """
    contents = opened(folder)
    gases = gases_sought(contents)
    if not gases:
        raise BadInput(f"{folder} holds no gas log that a reader takes; `cathartes inspect FILE` says of each file what is wrong with it")
    if len(gases) > 1:
        raise BadInput(f"{folder} holds {', '.join(gases)}; name one measured gas in flight.toml under [gas_log] gas")
    return replace(locate(contents, gases[0], executor, progress, after).draws, gas=gases[0])


def leads_of(
    contents: Folder, gas: str, located: Located, detected: Detected, registers: Sequence[EmitterList], author: str, before: Before
) -> tuple[Lead, ...]:
    """The leads that the sources of one gas give, with everything that speaks for and against them."""
    recordings = [reading.recording for reading in contents.readings]
    unread = [refusal.name for refusal in contents.refused]
    return assemble(contents.flight, gas, located, detected.detections, detected.coverage, recordings, unread, registers, author, before)


def shown(leads: tuple[Lead, ...], contents: Folder, workspace: Workspace) -> tuple[Lead, ...]:
    """The leads with the pictures of what videos saw nearest to their sources."""
    videos = readings_of(MotionImagery, contents)
    if not videos:
        return leads
    nearest = {lead.id: [each for each in lead.detections if each.custody.parameters.keys() >= PIXEL][:STILLS] for lead in leads}
    stills: dict[str, Still] = {}
    for video in videos:
        assert isinstance(video.content, MotionImagery)
        wanted = {each.id: each for near in nearest.values() for each in near if each.recording == video.recording.id}
        key = step_key("stills", " ".join(sorted(wanted)), contents.flight, [video])
        made = remembered(workspace, contents.flight, key, tuple[Still, ...], partial(stills_of, video.content, tuple(wanted.values())))
        stills |= {each.detection: each for each in made}
    return tuple(replace(lead, stills=tuple(stills[each.id] for each in nearest[lead.id] if each.id in stills)) for lead in leads)


def asked_of_lists(leads: tuple[Lead, ...], detected: Detected, workspace: Workspace) -> tuple[Lead, ...]:
    """The leads with the questions that lists in force raise about organisations named near them; never a finding."""
    names = workspace.find("list")
    if not names:
        return leads
    from cathartes.network.designated import questions  # the extra `network`; without it no list can have been loaded
    from cathartes.network.lists import PartyList

    found = questions(detected.detections, [json.decode(workspace.load("list", name), PartyList) for name in names])
    return tuple(
        replace(lead, evidence=(*lead.evidence, *(each for seen in lead.detections for each in found.get(seen.id, ())))) for lead in leads
    )


def draws_file(draws: Draws) -> bytes:
    """The draws as other programs read them: `x_m`, `y_m` in a local frame, `lon`, `lat` in degrees otherwise."""
    x, y = ("x_m", "y_m") if draws.frame is Frame.LOCAL else ("lon", "lat")
    listed = [
        {"weight": draw.weight, "sources": [{x: source.x, y: source.y, "rate_kg_h": source.rate_kg_h} for source in draw.sources]}
        for draw in draws.draws
    ]
    return json.encode({"frame": draws.frame, "gas": draws.gas, "draws": listed})


def registers_known(contents: Folder, workspace: Workspace) -> tuple[EmitterList, ...]:
    """Lawful emitters: the registers loaded into the workspace, and any in the folder."""
    loaded = [json.decode(workspace.load("register", name), EmitterList) for name in workspace.find("register")]
    return (*loaded, *contents_of(EmitterList, contents))


def publish(
    flight: Flight, detected: Detected, located: Mapping[str, Located], leads: Sequence[Lead], workspace: Workspace, progress: Progress
) -> tuple[str, ...]:
    """Keep the leads and write the desk's products of the flight; returns their paths below `products/`."""
    sources = [source for found in located.values() for source in found.sources]
    products = {
        "detections.geojson": detections_collection(flight, detected.detections),
        "coverage.json": json.encode(detected.coverage),
        "sources.geojson": sources_collection(flight, sources),
        "leads.geojson": leads_collection(flight, leads),
    }
    for gas, found in located.items():
        progress(f"write: rasters of {gas}", 0.0)
        products |= rasters(gas, found.probability, found.detectability) | pictures(flight, gas, found, detected)
        if found.detectability:
            workspace.keep("detectability", f"{flight.id}/{gas}", json.encode(found.detectability), act="result", of=flight.id)
    for covered in detected.coverage:
        told = {"flight": flight.id, "coverage": covered}
        workspace.keep("coverage", covered.id, json.encode(told), act="result", of=flight.id)
    for lead in leads:
        workspace.keep("lead", lead.id, json.encode(lead), act="result", of=flight.id)
        release = redact(lead, DESK, lead.author, None)
        for number, name in enumerate(names := formats()):
            progress(f"write: {lead.id} as {name}", number / len(names))
            products[f"{lead.id}.{suffix_of(name)}"] = export(release, name)
    for name, content in products.items():
        workspace.publish(f"{flight.id}/{name}", content)
    return tuple(f"{flight.id}/{name}" for name in products)


def pictures(flight: Flight, gas: str, located: Located, detected: Detected) -> dict[str, bytes]:
    """Where a source of one gas would have been noticed, as a picture per language; also where nothing was found."""
    if located.detectability is None:
        return {}
    search = search_region(flight, [covered for covered in detected.coverage if covered.gas == gas])
    scene = Scene(located.detectability, located.sources, search, located.instruments)
    return {f"detectability-{gas}-{language}.png": detectability_png(scene, language) for language in LANGUAGES}


def readings_of(content: type, contents: Folder) -> list[Reading]:
    """The folder's recordings whose content is of class `content`."""
    return [reading for reading in contents.readings if isinstance(reading.content, content)]


def contents_of(kind: type[Kind], contents: Folder) -> list[Kind]:
    """What the folder's recordings of class `kind` hold."""
    return [reading.content for reading in contents.readings if isinstance(reading.content, kind)]


def step_key(step: str, method: str, flight: Flight, readings: Iterable[Reading]) -> str:
    """What a step's result depends on, as one digest: the method, this code, the flight's hints and the files' bytes."""
    inputs = [digest for reading in readings for digest in reading.recording.custody.inputs]
    parts = [step, method, sources_digest(), digest_of(json.encode(flight)), *inputs]
    return digest_of("\n".join(parts).encode())


def remembered(workspace: Workspace, flight: Flight, key: str, kind: type[Noun], compute: Callable[[], Noun]) -> Noun:
    """The step's result: from the workspace if it was computed before, else computed and kept."""
    return json.decode(workspace.step(key, lambda: json.encode(compute()), of=flight.id), kind)
