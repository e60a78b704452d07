"""Which activity a label belongs to, and what becomes of a file of activities with a slip in it."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.activities import (
    ACTIVITIES_FILE,
    OTHER,
    Goal,
    activities,
    activity,
    classify,
    goal_for,
    label_key,
    labels_fingerprint,
    read_activities,
    targets_fingerprint,
)
from domain.errors import InputRefused
from mart.kpis import KPIS
from tests.support.shared import shared_data
from tests.support.targets import changed_rules

REST = "  - {code: autre, fr: Autres, en: Other}\n"

# The table of the domain: activity, then the labels that it gathers.
PILOTS = {
    "nids_de_poule": ["Nid-de-poule"],
    "graffitis": ["Graffitis - Domaine public", "Graffitis - Domaine privé", "Graffitis haineux"],
    "mobilier_urbain": ["Mobilier urbain", "Mobilier de parc"],
    "eclairage": [
        "Éclairage existant - Entretien",
        "Éclairage - Études",
        "Éclairage planification - Service central",
    ],
    "proprete_parcs": ["Parc - Propreté", "Panier de parc à vider"],
    "nettoyage_rues": ["Balai mécanique", "Nettoyage du domaine public", "Panier de rue à vider"],
    "collecte_branches": [
        "Collecte de branches d'arbre - Agrile du frêne",
        "Branche tombée",
        "Grand parc - Agrile du frêne",
        "Agrile du frêne - Divers",
    ],
}
LABELS = [(label, code) for code, labels in PILOTS.items() for label in labels]


@settings(deadline=None)
@given(
    st.sampled_from(LABELS),
    st.sampled_from(["", "*", "* ", "**"]),
    st.sampled_from([str, str.upper, str.lower]),
    st.sampled_from([" ", "  ", "\u00a0"]),
)
def test_stars_capitals_and_spaces_do_not_matter(
    labelled: tuple[str, str], star: str, case: object, space: str
) -> None:
    label, code = labelled
    written = star + case(label).replace(" ", space)  # type: ignore[operator]
    assert classify(written) == (code, True)


def test_other_labels_that_begin_with_graffitis_are_graffitis_and_no_others() -> None:
    assert classify("Graffitis - Sur bâtiment public") == ("graffitis", True)
    assert classify("Enlèvement de graffitis")[0] == OTHER


def test_the_targets_are_those_of_the_domain() -> None:
    days = {label: activity(code).target_for(label, "VD") for label, code in LABELS}
    found = {label: target.days for label, target in days.items() if target}
    assert {found[label] for label in PILOTS["nids_de_poule"]} == {5}
    assert (found["Graffitis - Domaine public"], found["Graffitis haineux"]) == (10, 2)
    assert {found[label] for label in PILOTS["mobilier_urbain"]} == {15}
    assert {found[label] for label in PILOTS["eclairage"] + PILOTS["collecte_branches"]} == {10}
    assert {found[label] for label in PILOTS["proprete_parcs"] + PILOTS["nettoyage_rues"]} == {3}
    assert not any(target.calendar for target in days.values() if target)


def test_no_label_belongs_to_two_activities() -> None:
    labels = [label for found in activities() for label in found.labels]
    assert len(labels) == len(set(labels))
    assert all(label == label_key(label) for label in labels)


@pytest.mark.parametrize("part", ["pilot_labels", "top_labels_33_days"])
def test_the_labels_of_the_real_data_are_known(part: str) -> None:
    path = shared_data("montreal", "calibration.json")
    if path is None:
        pytest.skip("the shared data is not here")
    found = json.loads(path.read_text(encoding="utf-8"))[part]
    if part == "pilot_labels":
        assert {label: classify(label) for labels in found.values() for label in labels} == {
            label: (code, True) for code, labels in found.items() for label in labels
        }
    else:
        assert [label for label in found if not classify(label)[1]] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version: 1\nactivities: [\n", "cannot be read"),
        ("version: 1\nactivities: []\n", "activities: "),
        ("version: 1\n", "activities: Field required"),
        ("", "Input should be"),
        ("version: 1\nactivities:\n  - {code: a, fr: A, en: A}\n", "last activity has to be `autre`"),
        ("version: 1\nactivities:\n  - {code: A b, fr: A, en: A}\n" + REST, "code"),
        ("version: 1\nactivities:\n  - {code: a, fr: A, en: A, target: {days: '5'}}\n" + REST, "days"),
        (
            "version: 1\nactivities:\n"
            "  - {code: a, fr: A, en: A, targets: {boroughs: {XX: {days: 5}}}}\n" + REST,
            "no borough 'XX'",
        ),
    ],
)
def test_a_slip_in_the_file_is_told_in_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "activities.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused, match=r"^activities\.yml: ") as refused:
        read_activities(path)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_missing_or_no_text_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="cannot be read"):
        read_activities(tmp_path / "activities.yml")
    (tmp_path / "activities.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputRefused, match="cannot be read"):
        read_activities(tmp_path / "activities.yml")


def test_a_goal_is_the_borough_s_own_else_the_city_s_else_none(tmp_path: Path) -> None:
    with changed_rules(tmp_path / "activities.yml") as rules:
        goals = "goals: {on_time_pct: {value: 90, boroughs: {VD: 85.5}}}\n"
        rules.write(f"version: 1\n{goals}activities:\n{REST}")
        assert goal_for("on_time_pct") == goal_for("on_time_pct", "VM") == Goal(90.0, "default")
        assert goal_for("on_time_pct", "VD") == Goal(85.5, "borough:VD")
        assert goal_for("backlog", "VD") is None
        rules.write(f"version: 1\nactivities:\n{REST}")
        assert goal_for("on_time_pct") is None


def test_the_project_s_goal_is_ninety_percent_on_time() -> None:
    assert goal_for("on_time_pct") == Goal(90.0, "default")


@pytest.mark.parametrize(
    ("goals", "words"),
    [
        ("{on_time_pct: 90}", "goals.on_time_pct: "),
        ("{on_time_pct: {}}", "goals.on_time_pct.value: Field required"),
        ("{on_time_pct: {value: '90'}}", "goals.on_time_pct.value: "),
        ("{on_time_pct: {value: -1}}", "goals.on_time_pct.value: "),
        ("{on_time_pct: {value: .nan}}", "goals.on_time_pct.value: "),
        ("{on_time_pct: {value: .inf}}", "goals.on_time_pct.value: "),
        ("{on_time_pct: {value: true}}", "goals.on_time_pct.value: "),
        ("{on_time_pct: {value: 90, boroughs: {VD: -3}}}", "goals.on_time_pct.boroughs.VD: "),
        ("{on_time_pct: {value: 90, boroughs: {XX: 3}}}", "no borough 'XX'"),
        ("{on_time_pct: {value: 90, borough: {VD: 3}}}", "goals.on_time_pct.borough: "),
        ("[on_time_pct]", "goals: "),
    ],
)
def test_a_slip_in_the_goals_is_told_in_a_sentence(tmp_path: Path, goals: str, words: str) -> None:
    path = tmp_path / "activities.yml"
    path.write_text(f"version: 1\ngoals: {goals}\nactivities:\n{REST}", encoding="utf-8")
    with pytest.raises(InputRefused, match=r"^activities\.yml: ") as refused:
        read_activities(path)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_labels_and_targets_have_fingerprints_of_their_own(tmp_path: Path) -> None:
    with changed_rules(tmp_path / "activities.yml") as rules:
        labels, targets = labels_fingerprint(), targets_fingerprint()
        rules.set("eclairage", target={"days": 11})
        assert (labels_fingerprint() == labels, targets_fingerprint() == targets) == (True, False)
        rules.set("eclairage", target={"days": 10}, labels=["Lampadaire"])
        assert (labels_fingerprint() == labels, targets_fingerprint() == targets) == (False, True)


def test_a_target_of_a_label_that_is_not_the_activity_s_is_refused(tmp_path: Path) -> None:
    slip = "{code: graffitis, fr: G, en: G, prefixes: [Graffitis], targets: {labels: {Grafitis haineux: {days: 2}}}}"
    (tmp_path / "activities.yml").write_text(f"version: 1\nactivities:\n  - {slip}\n{REST}", "utf-8")
    with pytest.raises(InputRefused, match="no label of it"):
        read_activities(tmp_path / "activities.yml")


def test_goals_are_of_kpis_that_there_are() -> None:
    assert set(yaml.safe_load(ACTIVITIES_FILE.read_text("utf-8"))["goals"]) <= set(KPIS)
