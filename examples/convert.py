"""Makes the example flight folders from the published measurements they come from (see NOTICE.md).

    python examples/convert.py PUBLISHED_FOLDER

It only renames, converts units and writes one row per sample; the release rates and places go to `truth/`, which no
command reads except the demo, to say how far off the answer is.
"""

import csv
import json
import sys
from datetime import datetime
from math import cos, radians, sin
from pathlib import Path

HERE = Path(__file__).parent


def write_rows(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_truth(name: str, truth: dict[str, object]) -> None:
    (HERE / "truth" / f"{name}.json").write_text(json.dumps(truth) + "\n")


def ginninderra(published: Path) -> None:
    with (published / "ginninderra2015" / "GA-inversion-data-1.csv").open(newline="") as file:
        samples = list(csv.DictReader(file))
    start = min(datetime.fromisoformat(sample["Time"]) for sample in samples)
    rows, metered = [], {}
    for sample in samples:
        t_s = int((datetime.fromisoformat(sample["Time"]) - start).total_seconds())
        metered[t_s] = float(sample["release_rate"])
        blank_if_point = {key: "" if sample[key] == "NA" else sample[key] for key in ("x2", "y2")}
        rows.append(
            {
                "t_s": t_s,
                "instrument": sample["inst_name"],
                "x1_m": sample["x1"],
                "y1_m": sample["y1"],
                "x2_m": blank_if_point["x2"],
                "y2_m": blank_if_point["y2"],
                "z_agl_m": sample["z"],
                "ch4_ppm": sample["Concentration"],
                "wind_from_deg": sample["wind_dir"],
                "wind_speed_m_s": sample["wind_speed"],
                "sigma_v_m_s": sample["Ux_stdev."],
                "obukhov_length_m": sample["L"],
                "temperature_k": f"{float(sample['air_temp']):.2f}",
                "pressure_hpa": f"{float(sample['air_pressure']) / 100:.2f}",
            }
        )
    write_rows(HERE / "ginninderra-2015" / "methane.csv", rows)
    releases = [{"t_s": t_s, "rate_kg_h": round(g_min * 0.06, 5)} for t_s, g_min in sorted(metered.items())]
    mean = sum(release["rate_kg_h"] for release in releases) / len(releases)
    on = [release["rate_kg_h"] for release in releases if release["rate_kg_h"] > 0]
    truth = {
        "x_m": -21.78,
        "y_m": 21.09,
        "rate_kg_h_mean": round(mean, 4),
        "rate_kg_h_when_on": round(sum(on) / len(on), 4),
        "duty": round(len(on) / len(releases), 4),
        "releases": releases,
    }
    write_truth("ginninderra-2015", truth)


def chilbolton(published: Path, number: int) -> None:
    geometry = json.loads((published / "chilbolton" / "geometry_and_truth.json").read_text())
    sensor, reflectors = geometry["sensor_xyz_m"], geometry["reflectors_xyz_m"]
    with (published / "chilbolton" / f"source_{number}.csv").open(newline="") as file:
        minutes = list(csv.DictReader(file))
    rows = []
    for minute in minutes:
        speed, towards = float(minute["wind_speed_m_s"]), radians(float(minute["wind_dir_to_math_deg"]))
        for beam, reflector in enumerate(reflectors, start=1):
            rows.append(
                {
                    "t_s": 60 * int(float(minute["minute"])),
                    "instrument": f"R{beam}",
                    "x1_m": sensor[0],
                    "y1_m": sensor[1],
                    "x2_m": round(reflector[0], 3),
                    "y2_m": round(reflector[1], 3),
                    "z_agl_m": sensor[2],
                    "ch4_ppm": minute[f"ch4_ppm_R{beam}"],
                    "wind_u_m_s": f"{speed * cos(towards):.4f}",
                    "wind_v_m_s": f"{speed * sin(towards):.4f}",
                    "sigma_v_m_s": f"{speed * float(minute['tan_gamma_h']):.4f}",
                    "sigma_w_m_s": f"{speed * float(minute['tan_gamma_v']):.4f}",
                }
            )
    write_rows(HERE / f"chilbolton-{number}" / "methane.csv", rows)
    x, y, _ = geometry["sources"][f"source_{number}_location"]
    rate = round(geometry["sources"][f"source_{number}_emission_rate"] * 3600, 4)
    truth = {"x_m": round(x, 2), "y_m": round(y, 2), "rate_kg_h_mean": rate, "rate_kg_h_when_on": rate, "duty": 1.0}
    write_truth(f"chilbolton-{number}", truth)


if __name__ == "__main__":
    ginninderra(Path(sys.argv[1]))
    chilbolton(Path(sys.argv[1]), 1)
    chilbolton(Path(sys.argv[1]), 2)
