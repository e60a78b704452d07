"""The city's words: boroughs however they are written, activities by label, settings."""

from pathlib import Path

import pytest

from domain import activities as acts
from domain.activities import activities, activity, classify, read_activities
from domain.errors import InputRefused, MartMissing, StoreUnavailable, VigieError
from domain.settings import load_settings
from domain.statuses import CLOSED, HANDLED, WITHDRAWN, Status
from domain.territory import VILLE_LIEE, borough_code, boroughs, pilots


def test_there_are_19_boroughs_and_7_pilots() -> None:
    assert len({b.code for b in boroughs()}) == 19
    assert set(pilots()) == {"VD", "CN", "RP", "LR", "VM", "SO", "RO"}
    assert sorted(b.district_prefix for b in boroughs()) == list(range(1, 20))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Rosemont - La Petite-Patrie", "RO"),
        ("Rosemont-La Petite-Patrie", "RO"),
        ("ROSEMONT–LA PETITE-PATRIE", "RO"),
        ("ST-LAURENT", "LR"),
        ("SAINT-LAURENT", "LR"),
        ("Saint-Léonard", "LN"),
        ("COTE-DES-NEIGES - NOTRE-DAME-DE-GRÂCE", "CN"),
        ("PLATEAU-MONT-ROYAL", "PM"),
        ("Mont-Royal", VILLE_LIEE),
        ("L'Île-Bizard-Sainte-Geneviève", "IS"),
        ("Ile-Bizard–Ste-Geneviève", "IS"),
        ("Le Sud-Ouest", "SO"),
        ("SUD-OUEST", "SO"),
        ("Westmount", VILLE_LIEE),
        ("Dollard-Des Ormeaux", VILLE_LIEE),
        ("Montréal", None),
        ("", None),
    ],
)
def test_a_borough_is_known_however_it_is_written(text: str, code: str | None) -> None:
    assert borough_code(text) == code


@pytest.mark.parametrize("name", ["name_fr", "name_en"])
def test_every_borough_is_known_by_its_own_names(name: str) -> None:
    assert [borough_code(getattr(b, name)) for b in boroughs()] == [b.code for b in boroughs()]


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("Nid-de-poule", ("nids_de_poule", True)),
        ("*Nid-de-poule", ("nids_de_poule", True)),
        ("* nid-de-POULE ", ("nids_de_poule", True)),
        ("Graffitis - Sur signalisation", ("graffitis", True)),
        ("Graffitis haineux", ("graffitis", True)),
        ("Signalisation écrite -  Entretien", ("autre", True)),
        ("Signalisation écrite - Entretien", ("autre", True)),
        ("Licorne égarée", ("autre", False)),
        ("", ("autre", False)),
    ],
)
def test_a_label_has_its_activity(label: str, found: tuple[str, bool]) -> None:
    assert classify(label) == found


def test_the_activities_are_the_seven_pilots_and_the_rest() -> None:
    codes = [a.code for a in activities()]
    assert codes == [
        "nids_de_poule",
        "graffitis",
        "mobilier_urbain",
        "eclairage",
        "proprete_parcs",
        "nettoyage_rues",
        "collecte_branches",
        "autre",
    ]
    assert [a.target.days if a.target else None for a in activities()] == [5, 10, 15, 10, 3, 3, 10, None]


def made(tmp_path: Path, text: str) -> Path:
    """An activities file with these lines after its head."""
    path = tmp_path / "activities.yml"
    path.write_text("version: 1\nactivities:\n" + text + "  - {code: autre, fr: Autres, en: Other}\n")
    return path


def test_a_label_s_target_outranks_a_borough_s_and_that_the_activity_s(tmp_path: Path) -> None:
    text = (
        "  - {code: a, fr: A, en: A, target: {days: 5}, labels: [X, Y],\n"
        "     targets: {boroughs: {VD: {days: 4, calendar: true}}, labels: {X: {days: 2}}}}\n"
    )
    found = read_activities(made(tmp_path, text))[0]

    def days_and_origin(label: str, borough: str | None) -> tuple[int, str]:
        target = found.target_for(label, borough)
        assert target is not None
        return target.days, target.origin

    assert days_and_origin("*x", "VD") == (2, "label:X")
    assert days_and_origin("Y", "VD") == (4, "borough:VD")
    assert days_and_origin("Y", "RO") == (5, "default")
    assert days_and_origin("Y", None) == (5, "default")
    assert activity("autre").target_for("Y", "VD") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  - {code: a, fr: A, en: A, target: {days: -1}}\n", "days"),
        ("  - {code: a, fr: A}\n", "en"),
        ("  - {code: a, fr: A, en: A, goal: 3}\n", "goal"),
        ("  - {code: a, fr: A, en: A}\n  - {code: a, fr: A, en: A}\n", "'a' stands twice"),
        ("  - {code: a, fr: A, en: A, labels: [X, '*x']}\n", "'x' stands twice"),
    ],
)
def test_a_faulty_file_of_activities_is_refused_in_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputRefused, match=words):
        read_activities(made(tmp_path, text))


def test_labels_and_targets_have_a_fingerprint_each() -> None:
    assert len(acts.labels_fingerprint()) == len(acts.targets_fingerprint()) == 16
    assert acts.labels_fingerprint() != acts.targets_fingerprint()


def test_a_goal_is_the_boroughs_own_or_the_citys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "goals: {on_time_pct: {value: 90, boroughs: {VD: 85}}}\n" + acts.ACTIVITIES_FILE.read_text(
        encoding="utf-8"
    ).replace("goals:\n  on_time_pct: {value: 90}\n", "")
    (tmp_path / "activities.yml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(acts, "ACTIVITIES_FILE", tmp_path / "activities.yml")
    acts.goals.cache_clear()
    try:
        assert acts.goal_for("on_time_pct", "VD") == acts.Goal(85, "borough:VD")
        assert acts.goal_for("on_time_pct", "VM") == acts.goal_for("on_time_pct") == acts.Goal(90, "default")
        assert acts.goal_for("received") is None
    finally:
        acts.goals.cache_clear()


def test_settings_have_defaults_and_refuse_what_they_cannot_take(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STORE", "MART", "ENGINE", "DEMO", "TILES"):
        monkeypatch.delenv(f"VIGIE_{name}", raising=False)
    assert load_settings().store == "sqlite:///var/vigie.db"
    monkeypatch.setenv("VIGIE_DEMO", "1")
    assert load_settings().demo is True
    monkeypatch.setenv("VIGIE_ENGINE", "abacus")
    with pytest.raises(InputRefused, match="VIGIE_ENGINE='abacus'"):
        load_settings()


def test_every_error_can_be_caught_as_ours_and_as_python_s() -> None:
    assert issubclass(InputRefused, VigieError)
    assert issubclass(InputRefused, ValueError)
    assert issubclass(StoreUnavailable, VigieError)
    assert issubclass(StoreUnavailable, ConnectionError)
    assert issubclass(MartMissing, VigieError)
    assert issubclass(MartMissing, FileNotFoundError)


def test_statuses_are_closed_or_handled_or_waiting() -> None:
    assert WITHDRAWN < CLOSED
    assert not CLOSED & HANDLED
    assert set(Status) - CLOSED - HANDLED == {Status.REOPENED}
