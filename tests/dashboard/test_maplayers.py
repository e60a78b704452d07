"""Number scales, drawings and labels, as pure functions."""

import math
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from dashboard.maplayers import borough_map, labels, scale, shapes
from dashboard.markup import to_html
from domain.territory import boroughs, pilots
from geo.boroughs import load_boroughs

NAMES = {borough.code: borough.name_fr for borough in boroughs()}


@pytest.fixture(scope="module")
def drawing() -> shapes.Drawing:
    return shapes.draw(load_boroughs())


@pytest.fixture(scope="module")
def ground(drawing: shapes.Drawing) -> borough_map.Ground:
    return borough_map.ground(drawing, NAMES)


@given(st.lists(st.floats(0, 1e6, allow_subnormal=False), max_size=200))
def test_breaks_rise_and_lie_inside_the_values(values: list[float]) -> None:
    found = scale.breaks(values)
    assert list(found) == sorted(set(found))
    assert len(found) < scale.CLASSES
    assert all(min(values) < step <= max(values) for step in found)


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=100))
def test_every_value_has_a_class_and_more_is_never_lighter(values: list[int]) -> None:
    steps = scale.breaks(values)
    ramp = scale.spread(steps)
    colours = []
    for value in sorted(values):
        index = scale.class_of(value, steps)
        assert index is not None
        colours.append(ramp[index])
    assert colours == sorted(colours)
    assert all(1 <= colour <= scale.CLASSES for colour in colours)


def test_no_number_has_no_class() -> None:
    assert scale.class_of(None, (1.0,)) is None
    assert scale.class_of(math.nan, (1.0,)) is None
    assert scale.breaks([]) == ()
    assert scale.breaks([math.nan, 3, 3]) == ()


def test_values_that_hardly_differ_get_even_steps() -> None:
    assert scale.breaks([10.1, 12.0, 14.0, 17.4]) == (11.0, 12.0, 13.0, 14.0, 15.0, 16.0)


@pytest.mark.parametrize(
    ("value", "said"), [(0, 0), (0.4, 1), (1, 1), (7, 6), (13, 15), (940, 1000), (2600, 2500)]
)
def test_break_points_are_round(value: float, said: float) -> None:
    assert scale.round_number(value) == said


def test_few_classes_still_use_the_whole_ramp() -> None:
    assert scale.spread((5.0,)) == (1, 7)
    assert scale.spread(()) == (4,)
    assert scale.spread((1, 2, 3, 4, 5, 6)) == (1, 2, 3, 4, 5, 6, 7)


def test_parts_have_as_many_shades_as_they_are_and_two_alike_have_one() -> None:
    assert scale.breaks_of_parts([17, 20]) == ()
    assert scale.spread(scale.breaks_of_parts([10, 20])) == (1, 7)
    assert len(scale.breaks_of_parts([349, 750, 927])) == 2
    assert scale.breaks_of_parts(range(1, 20)) == scale.breaks(range(1, 20))
    assert scale.breaks_of_parts([]) == scale.breaks_of_parts([0, 0]) == ()


def test_the_drawing_is_true_to_scale_and_keeps_the_neighbours_together(drawing: shapes.Drawing) -> None:
    assert len(drawing.shapes) == 19
    ratio = shapely.area(drawing.shapes["RP"]) / shapely.area(drawing.shapes["OM"])
    assert ratio == pytest.approx(49.26 / 3.82, rel=0.03)  # km², of the districts
    whole = shapely.union_all(list(drawing.shapes.values()))
    assert shapely.area(whole) == pytest.approx(
        sum(shapely.area(s) for s in drawing.shapes.values()), rel=1e-6
    )
    middles: dict[str, Any] = {code: shapely.centroid(shape) for code, shape in drawing.shapes.items()}
    assert middles["IS"].x < middles["RP"].x
    assert middles["RP"].y < middles["VD"].y  # north is up


def test_a_path_draws_its_shape() -> None:
    assert shapes.path(shapely.box(1, 2, 3, 4)) == "M3 2l0 2 -2 0 0 -2z"
    holed = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2)]])
    assert shapes.path(holed).count("M") == 2


def test_names_break_at_their_dashes_and_no_line_ends_with_an_article() -> None:
    ways = labels.wrappings("Rosemont–La Petite-Patrie")
    assert ways[0] == ("Rosemont–La Petite-Patrie",)
    assert ways[1] == ("Rosemont–", "La Petite-Patrie")
    assert labels.wrappings("Verdun") == [("Verdun",)]
    for name in NAMES.values():
        for way in labels.wrappings(name):
            assert not [line for line in way if line.split()[-1].lower() in {"le", "la", "des", "saint-"}]


def test_no_label_lies_on_another(ground: borough_map.Ground) -> None:
    boxes = []
    for label in ground.labels:
        width, height = labels.block_size(label.lines, "88 888")
        boxes.append(
            shapely.box(label.x - width / 2, label.y - height / 2, label.x + width / 2, label.y + height / 2)
        )
    overlaps = [
        shapely.area(shapely.intersection(a, b)) / shapely.area(a)
        for i, a in enumerate(boxes)
        for b in boxes[i + 1 :]
    ]
    assert max(overlaps) < 0.08


def test_every_label_stands_on_its_own_borough(drawing: shapes.Drawing, ground: borough_map.Ground) -> None:
    assert {label.code for label in ground.labels} == set(drawing.shapes)
    near = {
        label.code: shapely.distance(drawing.shapes[label.code], shapely.Point(label.x, label.y))
        for label in ground.labels
    }
    assert max(near.values()) < 12, near


def html_of(ground: borough_map.Ground, values: dict[str, float | None], **more: object) -> ET.Element:
    found = borough_map.borough_map(
        values,
        on=ground,
        names=NAMES,
        texts={code: f"{value:.0f}" for code, value in values.items() if value is not None},
        hrefs={code: f"/?borough={code}" for code in NAMES},
        title="Requêtes ouvertes",
        write=lambda value: f"{value:.0f}",
        pilots=pilots(),
        **more,  # type: ignore[arg-type]
    )
    return ET.fromstring(to_html(found))  # our own HTML


def test_each_borough_is_a_link_that_says_its_name_and_number(ground: borough_map.Ground) -> None:
    tree = html_of(ground, {code: 100.0 + i for i, code in enumerate(NAMES)} | {"OM": None})
    links = {link.get("data-code"): link for link in tree.iter("a")}
    assert set(links) == set(NAMES)
    assert links["AC"].get("aria-label") == "Ahuntsic-Cartierville: 100"
    assert links["OM"].get("aria-label") == "Outremont: –"
    assert links["VD"].get("href") == "/?borough=VD"
    assert "is-pilot" in str(links["VD"][0].get("class"))
    assert "vg-step-0" in str(links["OM"][0].get("class"))


def test_more_is_further_up_the_ramp(ground: borough_map.Ground) -> None:
    rng = np.random.default_rng(3)
    values = {code: float(value) for code, value in zip(NAMES, rng.lognormal(5, 1, 19), strict=True)}
    tree = html_of(ground, dict(values))
    steps = {
        link.get("data-code"): int(str(link[0].get("class")).split("vg-step-")[1]) for link in tree.iter("a")
    }
    by_value = [steps[code] for code in sorted(values, key=lambda code: values[code])]
    assert by_value == sorted(by_value)
    assert by_value[-1] == scale.CLASSES


def test_a_borough_in_focus_is_drawn_last_and_the_others_step_back(ground: borough_map.Ground) -> None:
    links = list(html_of(ground, dict.fromkeys(NAMES, 5.0), focus=("VD",)).iter("a"))
    assert links[-1].get("data-code") == "VD"
    assert "is-focus" in str(links[-1][0].get("class"))
    assert all("is-aside" in str(link[0].get("class")) for link in links[:-1])
