"""Compiles the kernels of a search and of the check of a track, so that nobody's first run waits for a compiler.

`make` runs it once, after installing. Compiled code is kept as `cathartes.kernels` says, until a source of the package changes.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from cathartes.campaign import contents_of, opened
from cathartes.earth.search import search_area, search_box
from cathartes.locate.detectability import detectability
from cathartes.locate.forward import mean_signals, replay
from cathartes.locate.plume import density, measure, prior_of
from cathartes.locate.samples import gather
from cathartes.model import Flight, GasLog, Track
from cathartes.readers.track import TrackReader
from cathartes.readers.track_flags import flags_of

FIXED, GAS = Path(__file__).parent / "ginninderra-2015", "ch4"
FIXES = 120


def main() -> None:
    """One evaluation of each kind of flight, and the check of one track."""
    with TemporaryDirectory() as folder:
        search_once(FIXED)
        search_once(made_up_flight(Path(folder) / "flight"))
        check_once(Path(folder))


def search_once(folder: Path) -> None:
    """Everything that a search of the flight in `folder` calls many times."""
    contents = opened(folder)
    flight = contents.flight
    frame, box = search_box(flight)
    measured, _ = measure(gather(list(contents_of(GasLog, contents)), GAS, frame), GAS, flight)
    prior = prior_of(flight, GAS, measured, box, search_area(flight, frame))
    for sources in (0, 1):
        density(measured, prior, None, sources)(np.zeros((1, len(prior.unknowns(sources)))))
    if measured.scene is not None:
        values = prior.physical(np.zeros((1, len(prior.unknowns(1)))), 1)
        replay(measured.scene, values, np.random.default_rng(0))
        mean_signals(measured.scene, values)
    else:
        detectability(measured, prior, frame)


def made_up_flight(folder: Path) -> Path:
    """Four passes across the wind at one sample a second, made up, with a plume on two of them."""
    folder.mkdir()
    t = np.arange(4 * FIXES)
    along = 25.0 * (t % FIXES) - 1500.0
    gas = 1900.0 + np.random.default_rng(0).normal(0.0, 5.0, len(t)) + 200.0 * np.exp(-((along / 100.0) ** 2)) * (t // FIXES > 1)
    columns = np.column_stack((t, along, 400.0 * (t // FIXES), np.full(len(t), 100.0), gas, 0 * t, np.full(len(t), 4.0)))
    names = "t_s,x_m,y_m,z_agl_m,ch4_ppb,wind_u_m_s,wind_v_m_s"
    np.savetxt(folder / "gas.csv", columns, "%.3f", ",", header=names, comments="")
    parts = (
        'frame]\nkind = "local"\nheight_reference = "agl"',
        "gas_log]\nnoise_ppb = 5.0",
        'wind]\nkind = "onboard"',
        "search]\nhalf_width_m = 2000.0",
    )
    (folder / "flight.toml").write_text("\n[".join(('id = "made-up"\npurpose = "to compile"', *parts)) + "\n")
    return folder


def check_once(folder: Path) -> None:
    """The check of a made-up track that bends, is off for a while and drifts for a while, with speed and course and without."""
    t = np.arange(FIXES)
    lon, lat = -100.0 + 0.001 * t + 0.0003 * np.sin(t / 9.0), 20.0 + 0.0002 * t
    lon[40:60] += 0.02
    lat[80:100] += 0.0005 * np.arange(20)
    speed = ",90,80"
    for name, more in (("ground_speed_m_s,course_deg", speed), ("", "")):
        rows = [f"2025-01-01T00:{at // 60:02d}:{at % 60:02d}Z,{lon[at]:.6f},{lat[at]:.6f}{more}" for at in t]
        header = f"time_utc,lon_deg,lat_deg{',' * bool(name)}{name}"
        track = folder / "track.csv"
        track.write_text("\n".join((header, *rows)) + "\n")
        read = TrackReader().read(track, Flight("made-up")).content
        assert isinstance(read, Track)
        flags_of(read)


if __name__ == "__main__":
    main()
