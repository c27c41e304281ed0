"""How a steady release near the ground spreads downwind: seconds per cubic metre at points and as means along open paths.

Surface-layer similarity gives wind profile and spreads as a small table per moment (`spread_table`); compiled kernels read
the table and place one plume. Rates, ppb and likelihoods live elsewhere (`earth.gases`, `locate`).
"""

from math import asinh, ceil, cos, erf, erfc, exp, hypot, log, pi, sin, sqrt
from typing import NamedTuple

import numpy as np

from cathartes.kernels import compiled
from cathartes.model.samples import Floats

KARMAN = 0.4
NODES = 19
FIRST_NODE_M = 0.5
LOG2 = log(2.0)
ROOT2 = sqrt(2.0)
ROOT_2PI = sqrt(2.0 * pi)
RELEASE_SIZE_M = 0.15
CLIMB = 1.3
LIGHT_WIND_M_S = 1.5
CLOSEST_M = 0.3
AIMLESS_NODES = 5
WIDTHS = 4.0
SEGMENT_RATIO = 1.3
MAX_SEGMENTS = 24
NO_MASS = 1e-9
FAINT = 1e-5
LOWEST_SIGMA_V = 0.1
CONVECTIVE_DEPTH_M = 1000.0
LOWEST_SPEED = 0.1


@compiled
def stability_correction(height_m, obukhov_length_m):  # type: ignore[no-untyped-def]
    """Psi of momentum (Businger-Dyer; Beljaars and Holtslag's limit z/L <= 1 for very stable air); 0 where L is infinite."""
    zeta = min(height_m / obukhov_length_m, 1.0)
    if zeta >= 0.0:
        return -5.0 * zeta
    x = (1.0 - 16.0 * max(zeta, -10.0)) ** 0.25
    return 2.0 * log((1.0 + x) / 2.0) + log((1.0 + x * x) / 2.0) - 2.0 * np.arctan(x) + pi / 2.0


@compiled
def wind_profile(height_m, roughness_m, obukhov_length_m):  # type: ignore[no-untyped-def]
    """Wind speed over u*/k at a height: ln((z + z0) / z0) - psi(z / L), never below 0.2."""
    return max(log((height_m + roughness_m) / roughness_m) - stability_correction(height_m, obukhov_length_m), 0.2)


@compiled
def heat_gradient(height_m, obukhov_length_m):  # type: ignore[no-untyped-def]
    """Phi of heat (Dyer 1974), which slows the vertical spread in stable air and speeds it in unstable air."""
    zeta = height_m / obukhov_length_m
    if zeta >= 0.0:
        return 1.0 + 5.0 * min(zeta, 2.0)
    return (1.0 - 16.0 * max(zeta, -10.0)) ** -0.5


@compiled
def climb_speed(height_m, sigma_z_m, sigma_w_m_s, obukhov_length_m, lid_m):  # type: ignore[no-untyped-def]
    """How fast sigma_z grows (m/s) of a cloud whose mean height is `height_m`.

    Near the ground 0.4 sigma_w / phi_h, at most sigma_w. Convection makes sigma_w grow with height, by (1 - 3 z / L)^(1/3) (Panofsky
    et al. 1977, Boundary-Layer Meteorol. 11, 355) up to a third of the layer; its eddies are 0.15 of the layer deep (Hanna 1982), and a
    cloud that has outgrown them spreads by diffusion.
    """
    if obukhov_length_m >= 0.0:
        return min(0.4 / heat_gradient(height_m, obukhov_length_m), 1.0) * sigma_w_m_s
    depth = min(lid_m, CONVECTIVE_DEPTH_M)
    risen = (1.0 - 3.0 * min(height_m, 0.3 * depth) / obukhov_length_m) ** (1.0 / 3.0)
    slowed = min(0.4 / heat_gradient(height_m, obukhov_length_m), 1.0, 0.15 * depth / sigma_z_m)
    return slowed * risen * sigma_w_m_s


@compiled
def fill_spread_table(table, speed_m_s, height_m, sigma_v_m_s, sigma_w_m_s, obukhov_length_m, roughness_m, lid_m):  # type: ignore[no-untyped-def]
    """Integrates spreads outwards for each moment; see `spread_table` for what and why."""
    for moment in range(table.shape[0]):
        length = obukhov_length_m[moment]
        sigma_w, sigma_v, lid = sigma_w_m_s[moment], sigma_v_m_s[moment], lid_m[moment]
        at_sensor = wind_profile(height_m[moment], roughness_m, length)
        # Mean plume height is 0.8 sigma_z; a plume of a near-ground release rides on the wind at 0.6 of its mean height.
        sigma_z, travelled_s, x = 0.05, 0.0, 0.0
        for node in range(NODES):
            end = FIRST_NODE_M * 2.0**node
            steps = 6
            for _ in range(steps):
                dx = (end - x) / steps if node == 0 else (end / 2.0) / steps
                mean_height = 0.8 * sigma_z
                ratio = wind_profile(max(0.6 * mean_height, 2.0 * roughness_m), roughness_m, length) / at_sensor
                speed = max(speed_m_s[moment] * ratio, LOWEST_SPEED)
                climb = climb_speed(mean_height, sigma_z, sigma_w, length, lid)
                sigma_z = min(sigma_z + climb * dx / speed, 3.0 * lid)
                travelled_s += dx / speed
            x = end
            sigma_y = sigma_v * travelled_s / (1.0 + 0.9 * sqrt(travelled_s / 1000.0))
            table[moment, node, 0] = log(sigma_y)
            table[moment, node, 1] = log(sigma_z)
            table[moment, node, 2] = log(speed)


def spread_table(
    speed_m_s: Floats,
    height_m: Floats,
    sigma_v_m_s: Floats,
    sigma_w_m_s: Floats,
    obukhov_length_m: Floats,
    roughness_m: float,
    lid_m: Floats,
) -> Floats:
    """Crosswind spread, vertical spread and transport speed against downwind distance, per moment: n x 19 x 3 logarithms.

    Nodes lie at 0.5 m, 1 m, 2 m ... 131 km. Vertical: a cloud near the ground climbs at d(mean height)/dt = k u* / phi_h, so
    sigma_z grows as `climb_speed` says (Lagrangian similarity; van Ulden 1978, Atmos. Environ. 12, 2125, with
    sigma_w = 1.25 u*). Crosswind: sigma_v t / (1 + 0.9 sqrt(t / 1000 s)) (Draxler 1976, Atmos. Environ.
    10, 99). All heights above ground, speeds in m/s at `height_m`; an infinite lid is `inf`.
    """
    table = np.empty((len(speed_m_s), NODES, 3))
    fill_spread_table(table, speed_m_s, height_m, sigma_v_m_s, sigma_w_m_s, obukhov_length_m, roughness_m, lid_m)
    return table


def turbulence(
    speed_m_s: Floats, height_m: Floats, obukhov_length_m: Floats, roughness_m: float, friction_velocity_m_s: Floats, lid_m: Floats
) -> tuple[Floats, Floats]:
    """Sigma_v and sigma_w (m/s) where the log does not measure them, from u*, or from speed and roughness where u* is NaN.

    Neutral and stable: 1.9 u* and 1.25 u*. Unstable: sigma_v = (12 + 0.5 h / |L|)^(1/3) u* (Panofsky et al. 1977,
    Boundary-Layer Meteorol. 11, 355), the layer's depth h taken as 1000 m where there is no lid.
    """
    profile = np.array([wind_profile(z, roughness_m, length) for z, length in zip(height_m, obukhov_length_m, strict=True)])
    ustar = np.where(np.isnan(friction_velocity_m_s), KARMAN * speed_m_s / profile, friction_velocity_m_s)
    depth = np.where(np.isfinite(lid_m), lid_m, 1000.0)
    convective = np.where(obukhov_length_m < 0, 0.5 * depth / np.abs(obukhov_length_m), 0.0)
    return ustar * np.where(obukhov_length_m < 0, np.cbrt(12.0 + convective), 1.9), 1.25 * ustar


@compiled
def table_position(x_m):  # type: ignore[no-untyped-def]
    """Where `x_m` downwind lies among the table's nodes, which double in distance: 0 at the first, 1 at the second."""
    return log(x_m / FIRST_NODE_M) / LOG2


@compiled
def tabled(table, position, column):  # type: ignore[no-untyped-def]
    """One column of one moment's 19 x 3 table of logarithms at a `table_position`."""
    node = min(max(int(position), 0), NODES - 2)
    return exp(table[node, column] + (position - node) * (table[node + 1, column] - table[node, column]))


@compiled
def spreads_at(table, x_m):  # type: ignore[no-untyped-def]
    """Sigma_y, sigma_z (m) and transport speed (m/s) at `x_m` downwind, from one moment's 19 x 3 table."""
    position = table_position(x_m)
    return tabled(table, position, 0), tabled(table, position, 1), tabled(table, position, 2)


@compiled
def vertical_density(z_m, source_height_m, sigma_z_m, lid_m):  # type: ignore[no-untyped-def]
    """Share of the plume per metre of height at `z_m` (1/m): ground image, two pairs of lid images; 0 above the lid."""
    if z_m > lid_m:
        return 0.0
    if sigma_z_m > lid_m:
        return 1.0 / lid_m
    scale = 1.0 / (2.0 * sigma_z_m * sigma_z_m)
    density = exp(-((z_m - source_height_m) ** 2) * scale) + exp(-((z_m + source_height_m) ** 2) * scale)
    # Beside the gas that comes straight, images are negligible far below the lid.
    if (lid_m - z_m) * (lid_m - source_height_m) < 20.0 * sigma_z_m * sigma_z_m:
        for image in (-2.0, -1.0, 1.0, 2.0):
            shift = 2.0 * image * lid_m
            density += exp(-((z_m - source_height_m + shift) ** 2) * scale) + exp(-((z_m + source_height_m + shift) ** 2) * scale)
    return density / (ROOT_2PI * sigma_z_m)


@compiled
def wedge(a0, da, c0, dc, slope, margin):  # type: ignore[no-untyped-def]
    """The part [s1, s2] of a path (a0 + s da along, c0 + s dc across the wind) inside a > 0.3 m and |c| < slope a + margin."""
    low, high = 0.0, 1.0
    # Each limit is a half-line p + s r > 0; a straight path meets their intersection in one stretch.
    for edge in range(3):
        if edge == 0:
            p, r = a0 - 0.3, da
        elif edge == 1:
            p, r = slope * a0 + margin - c0, slope * da - dc
        else:
            p, r = slope * a0 + margin + c0, slope * da + dc
        if abs(r) < 1e-12:
            if p <= 0.0:
                return 1.0, 0.0
        elif r > 0.0:
            low = max(low, -p / r)
        else:
            high = min(high, -p / r)
    return low, high


@compiled
def plume_width(table, along_m, position, spread, swing_rad):  # type: ignore[no-untyped-def]
    """Crosswind deviation (m) of the plume `along_m` downwind: spread, swinging direction and the size of the release."""
    sigma_y = tabled(table, position, 0) * spread[0] / spread[2]
    return sqrt(sigma_y * sigma_y + (swing_rad * along_m) ** 2 + RELEASE_SIZE_M**2)


@compiled
def normal_between(t1, below1, density1, t2, below2, density2):  # type: ignore[no-untyped-def]
    """Means of the standard normal density and of its slope between two points, and the centre of its mass there.

    Distribution and density at the points are given; between points a fiftieth apart, the middle serves.
    """
    apart, mass = t2 - t1, below2 - below1
    if abs(apart) < 0.02:
        density, middle = 0.5 * (density1 + density2), 0.5 * (t1 + t2)
        return density, -middle * density, middle
    if abs(mass) < NO_MASS:
        return 0.0, 0.0, 0.5 * (t1 + t2)
    return mass / apart, (density2 - density1) / apart, (density1 - density2) / mass


@compiled
def straight_plume(path, source, air, table, lid_m, spread):  # type: ignore[no-untyped-def]
    """Mean along a path, in s/m3, of the plume; its change with the direction; the mean with sigma_z `CLIMB` times as large.

    `path` is x1, y1, z1, x2, y2, z2; `source` is x, y, height; `spread` is the factors on sigma_y, sigma_z and speed. That the direction
    is not quite known widens the plume; the change is that with one deviation of the direction anticlockwise.
    The path is cut where the distance downwind has grown by a third. With sigma_y linear along a piece, t = across / sigma_y has
    ds = sigma_y^2 dt / K with constant K, so the crosswind integral is exact by the error function; the factors that vary slowly
    (sigma_z, height, speed) are taken at the centre of the piece's mass, which leaves no first-order error. Pieces as thin as the normal
    density 4.6 deviations off the axis (`FAINT`) are left out.
    """
    dx, dy = path[0] - source[0], path[1] - source[1]
    ex, ey = path[3] - path[0], path[4] - path[1]
    a0, da = dx * air.east + dy * air.north, ex * air.east + ey * air.north
    c0, dc = dy * air.east - dx * air.north, ey * air.east - ex * air.north
    steepest = exp(table[0, 0]) / FIRST_NODE_M * spread[0] / spread[2]
    s1, s2 = wedge(a0, da, c0, dc, WIDTHS * sqrt(steepest**2 + air.swing_rad**2), 1.0)
    if s2 < s1:
        return 0.0, 0.0, 0.0
    a1, a2 = a0 + s1 * da, a0 + s2 * da
    grown = log(a2 / a1)
    pieces = min(int(ceil(abs(grown) / log(SEGMENT_RATIO))), MAX_SEGMENTS)  # noqa: RUF046 (a float to the compiler)
    pieces = max(pieces, 2) if abs(a2 - a1) > 1e-6 else 1
    growth, first = exp(grown / pieces), table_position(a1)
    a, s, width = a1, s1, plume_width(table, a1, first, spread, air.swing_rad)
    t = (c0 + s * dc) / width
    below, density = 0.5 * erf(t / ROOT2), exp(-0.5 * t * t) / ROOT_2PI
    total, swung, climbed = 0.0, 0.0, 0.0
    for piece in range(1, pieces + 1):
        s_before, width_before, t_before, below_before, density_before = s, width, t, below, density
        if pieces > 1:
            a *= growth
            width = plume_width(table, a, first + piece * grown / (pieces * LOG2), spread, air.swing_rad)
        s = s2 if piece == pieces else (a - a0) / da
        if s != s_before:
            t = (c0 + s * dc) / width
            below, density = 0.5 * erf(t / ROOT2), exp(-0.5 * t * t) / ROOT_2PI
        mean, slope, centre = normal_between(t_before, below_before, density_before, t, below, density)
        if mean < FAINT:
            continue
        ahead, behind = (centre - t_before) * width_before, (t - centre) * width
        share = min(max(ahead / (ahead + behind), 0.0), 1.0) if ahead + behind != 0.0 else 0.5
        middle = s_before + share * (s - s_before)
        along, height = a0 + middle * da, path[2] + middle * (path[5] - path[2])
        position = table_position(along)
        sigma_z = tabled(table, position, 1) * spread[1] / spread[2]
        part = (s - s_before if s2 > s1 else 1.0) / (tabled(table, position, 2) * spread[2] * width * width_before)
        across = part * mean * (width_before + share * (width - width_before))
        upward = vertical_density(height, source[2], sqrt(sigma_z**2 + RELEASE_SIZE_M**2), lid_m)
        total += across * upward
        swung -= part * slope * air.swing_rad * along * upward
        climbed += across * vertical_density(height, source[2], sqrt((CLIMB * sigma_z) ** 2 + RELEASE_SIZE_M**2), lid_m)
    return total, swung, climbed


@compiled
def aimless_plume(path, source, table, lid_m, spread, sigma_v_m_s):  # type: ignore[no-untyped-def]
    """Mean along a path (s/m3) of gas that drifts off in all directions alike, as in a calm.

    A release of q carried outwards at speed U in every direction has the mean q / (2 pi r U) times the vertical density at r.
    Along a straight line ds / r is the change of asinh(s / closest distance): nodes even in that leave no peak near the source.
    """
    dx, dy = path[0] - source[0], path[1] - source[1]
    ex, ey = path[3] - path[0], path[4] - path[1]
    length = hypot(ex, ey)
    if length < 1e-6:
        return drifting_density(path[2], max(hypot(dx, dy), CLOSEST_M), source, table, lid_m, spread, sigma_v_m_s)
    begin, off = (dx * ex + dy * ey) / length, max(abs(dx * ey - dy * ex) / length, CLOSEST_M)
    first, last = asinh(begin / off), asinh((begin + length) / off)
    step = (last - first) / AIMLESS_NODES
    total = 0.0
    # Half of exp(u) +- exp(-u) is cosh and sinh, without calling either.
    swelling, growth = 0.5 * off * exp(first + 0.5 * step), exp(step)
    for _ in range(AIMLESS_NODES):
        shrinking = 0.25 * off * off / swelling
        distance = swelling + shrinking
        height = path[2] + (swelling - shrinking - begin) / length * (path[5] - path[2])
        total += distance * drifting_density(height, distance, source, table, lid_m, spread, sigma_v_m_s)
        swelling *= growth
    return total * step / length


@compiled
def drifting_density(z_m, distance_m, source, table, lid_m, spread, sigma_v_m_s):  # type: ignore[no-untyped-def]
    """Concentration over rate (s/m3) at a point `distance_m` from the source, of gas that drifts off in all directions alike."""
    position = table_position(distance_m)
    sigma_z, speed = tabled(table, position, 1), tabled(table, position, 2)
    # The table's speed may be near zero; the drift in a calm is the turbulence itself.
    drift = sqrt((speed * spread[2]) ** 2 + 2.0 * sigma_v_m_s**2)
    sigma_z = sqrt((sigma_z * spread[1] * speed / drift) ** 2 + RELEASE_SIZE_M**2)
    return vertical_density(z_m, source[2], sigma_z, lid_m) / (2.0 * pi * distance_m * drift)


@compiled
def aimless_share(speed_m_s, sigma_v_m_s):  # type: ignore[no-untyped-def]
    """How much of a release leaves the plume and drifts off aimlessly: twice the chance that the air moves backwards.

    As the wind drops its direction loses its meaning (the split of a plume into a coherent and a random part follows AERMOD,
    Cimorelli et al. 2005, J. Appl. Meteorol. 44, 682). There is no division by the mean speed, so nothing blows up in a calm.
    """
    return erfc(speed_m_s / (ROOT2 * sigma_v_m_s))


class Air(NamedTuple):
    """The air of one moment: where it blows (unit vector), one deviation of that direction, sigma_v (m/s), what share of a release is
    aimless."""

    east: float
    north: float
    swing_rad: float
    sigma_v: float
    aimless: float


@compiled
def blowing(wind, turn_rad, swing_rad, speed_factor):  # type: ignore[no-untyped-def]
    """`Air` of a wind u, v (m/s, TOWARDS east and north) and sigma_v, that was measured a little wrong.

    The direction is turned anticlockwise by `turn_rad`: a constant, and parts that go with the cosine and the sine of the wind's
    direction, as flow about masts, trees and slopes does. It swings by `swing_rad`, more in light winds as one over the speed:
    there no mast knows where the plume goes.
    """
    speed, sigma_v = hypot(wind[0], wind[1]), max(wind[2], LOWEST_SIGMA_V)
    # Of no wind at all everything is aimless, whatever direction it is given.
    east, north = (wind[0] / speed, wind[1] / speed) if speed > 0.0 else (1.0, 0.0)
    turn = turn_rad[0] + turn_rad[1] * east + turn_rad[2] * north
    swing = swing_rad * hypot(1.0, LIGHT_WIND_M_S / max(speed, LOWEST_SPEED))
    aimless = aimless_share(speed * speed_factor, sigma_v)
    return Air(east * cos(turn) - north * sin(turn), east * sin(turn) + north * cos(turn), swing, sigma_v, aimless)


@compiled
def path_mean(path, source, air, table, lid_m, spread):  # type: ignore[no-untyped-def]
    """Mean concentration over rate (s/m3) along an open path (or at a point: equal ends), for a wind that is not quite known.

    Returns the mean over directions of the `air`, its change with one deviation of direction anticlockwise, and the mean with sigma_z
    `CLIMB` times as large.
    """
    mean, swung, climbed = 0.0, 0.0, 0.0
    if air.aimless < 0.999:
        mean, swung, climbed = straight_plume(path, source, air, table, lid_m, spread)
        aimed = 1.0 - air.aimless
        mean, swung, climbed = mean * aimed, swung * aimed, climbed * aimed
    if air.aimless > 1e-3:
        drifting = air.aimless * aimless_plume(path, source, table, lid_m, spread, air.sigma_v)
        mean, climbed = mean + drifting, climbed + drifting
    return mean, swung, climbed


@compiled
def response(mean, swung, climbed, paths, winds, tables, moment, lids, source, turn_rad, swing_rad, spread):  # type: ignore[no-untyped-def]
    """Fills `mean`, `swung` and `climbed` (s/m3, one per path; see `path_mean`) for one source, winds turned and swinging as in `blowing`.

    `paths` n x 6, `winds` m x 3, `tables` m x 19 x 3; `moment` names each path's row of `winds` and `tables`.
    """
    air, moment_of_air = Air(1.0, 0.0, 0.0, 0.0, 0.0), -1
    for row in range(paths.shape[0]):
        m = moment[row]
        if m != moment_of_air:
            air, moment_of_air = blowing(winds[m], turn_rad, swing_rad, spread[2]), m
        mean[row], swung[row], climbed[row] = path_mean(paths[row], source, air, tables[m], lids[m], spread)
