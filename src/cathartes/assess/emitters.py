"""The registered, lawful emitters near a source, so that the lawful explanation is read first.

Registers are read by `readers.emitter_list`; how much a nearby emitter explains is in `assess.hypotheses`. Absence from a
register proves nothing.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from pyproj import Geod
from shapely.geometry import Point as Spot

from cathartes.assess.search_area import around, on_ground
from cathartes.earth.gases import gas_named
from cathartes.messages import LANGUAGES, catalogue
from cathartes.model import Emitter, EmitterList, Frame, NearbyEmitter, Place, Source

REACH_M = 20_000.0
NEAREST = 12
"""Every emitter within reach that declares the gas is listed, and the nearest twelve of the others."""

ELLIPSOID = Geod(ellps="WGS84")


def nearby_emitters(source: Source, registers: Sequence[EmitterList]) -> tuple[NearbyEmitter, ...]:
    """Registered emitters within 20 km of the source or inside its 90 % region: those that declare its gas first, then the nearest.

    Empty in a local frame: a place without coordinates is near no registered address.
    """
    if source.place.frame is Frame.LOCAL:
        return ()
    found = sorted(_within_reach(source, registers), key=lambda each: (not each.emits_this_gas, each.distance_m, each.id))
    declaring = [each for each in found if each.emits_this_gas]
    return (*declaring, *found[len(declaring) :][:NEAREST])


def _within_reach(source: Source, registers: Sequence[EmitterList]) -> Iterator[NearbyEmitter]:
    local = around(source.place)
    region = [on_ground(polygon[0], local) for polygon in source.region90.polygons]
    for register in registers:
        for emitter in register.emitters:
            near = _near(emitter, register.name, source)
            east, north = local.metres(np.array([emitter.lon_deg]), np.array([emitter.lat_deg]))
            if near.distance_m <= REACH_M or any(shape.covers(Spot(east[0], north[0])) for shape in region):
                yield near


def _near(emitter: Emitter, register: str, source: Source) -> NearbyEmitter:
    _, _, distance_m = ELLIPSOID.inv(source.place.x, source.place.y, emitter.lon_deg, emitter.lat_deg)
    place = Place(emitter.lon_deg, emitter.lat_deg, Frame.WGS84)
    declares = not declared_as(source.gas).isdisjoint(name.casefold() for name in emitter.releases_kg)
    return NearbyEmitter(emitter.id, emitter.name, register, place, float(distance_m), dict(emitter.releases_kg), declares)


def declared_as(gas: str) -> frozenset[str]:
    """What a register may call the gas, in lower case: its CAS number, its name in either language, or our key for it."""
    names = {gas, gas_named(gas).cas, *(catalogue(language)[f"gas.{gas}"] for language in LANGUAGES)}
    return frozenset(name.casefold() for name in names)
