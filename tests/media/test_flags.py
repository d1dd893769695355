from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from media.exif import CameraFacts
from media.flags import (
    TIME_GRACE,
    Bracket,
    Circumstances,
    Distance,
    FlagCode,
    Habit,
    Source,
    flags_of,
)

OPENED = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
SUBMITTED = OPENED + timedelta(hours=6)
CAMERA = CameraFacts(taken_at=OPENED + timedelta(hours=2), offset_stated=True, model="EX-20")
HONEST = Circumstances(
    source=Source.STREAM,
    camera=CAMERA,
    bracket=Bracket(OPENED, SUBMITTED),
    distance=Distance(900.0, 3000.0),
    habit=Habit(40, 40),
)


def flags(**changes):
    return [(flag.code, dict(flag.evidence)) for flag in flags_of(replace(HONEST, **changes))]


def test_an_honest_photo_has_no_flag():
    assert flags() == []


def test_what_is_not_known_raises_no_flag():
    assert flags_of(Circumstances(Source.STREAM, CameraFacts())) == ()
    assert flags(bracket=Bracket(), distance=None) == []


def test_each_other_photo_with_the_same_bytes_is_named():
    assert flags(same_bytes=("p1", "p2")) == [
        (FlagCode.SAME_BYTES, {"photo": "p1"}),
        (FlagCode.SAME_BYTES, {"photo": "p2"}),
    ]


def test_alike_photos_are_named_nearest_first_and_a_copy_is_not_named_twice():
    assert flags(same_bytes=("p1",), alike={"p3": 6, "p2": 1, "p1": 0, "p4": 7}) == [
        (FlagCode.SAME_BYTES, {"photo": "p1"}),
        (FlagCode.ALIKE, {"photo": "p2", "distance": 1}),
        (FlagCode.ALIKE, {"photo": "p3", "distance": 6}),
    ]


@pytest.mark.parametrize(
    ("taken_at", "side", "seconds"),
    [
        (OPENED - TIME_GRACE - timedelta(seconds=1), "before", 601),
        (SUBMITTED + timedelta(days=2), "after", 172_800),
    ],
)
def test_a_time_outside_the_visit_is_shown_with_how_far(taken_at, side, seconds):
    camera = replace(CAMERA, taken_at=taken_at, offset_stated=False)
    evidence = {"taken_at": taken_at.isoformat(), "offset_stated": False, "side": side, "seconds": seconds}
    assert flags(camera=camera) == [(FlagCode.TIME_OUTSIDE_VISIT, evidence)]


@pytest.mark.parametrize("taken_at", [OPENED - TIME_GRACE, SUBMITTED + TIME_GRACE, None])
def test_clocks_set_by_hand_have_their_grace(taken_at):
    assert flags(camera=replace(CAMERA, taken_at=taken_at)) == []


def test_times_in_other_zones_are_compared_as_instants():
    local = CAMERA.taken_at.astimezone(timezone(timedelta(hours=8)))
    assert flags(camera=replace(CAMERA, taken_at=local)) == []


def test_one_open_end_of_the_visit_still_holds_the_other():
    late = replace(CAMERA, taken_at=SUBMITTED + timedelta(days=1))
    assert flags(camera=late, bracket=Bracket(opened_at=OPENED)) == []
    assert flags(camera=late, bracket=Bracket(submitted_at=SUBMITTED)) != []


@pytest.mark.parametrize(("metres", "flagged"), [(3000.0, False), (3000.6, True)])
def test_a_place_beyond_the_mines_radius_is_shown_with_how_far(metres, flagged):
    expected = [(FlagCode.FAR_FROM_MINE, {"metres": 3001, "radius": 3000})]
    assert flags(distance=Distance(metres, 3000.0)) == (expected if flagged else [])


@pytest.mark.parametrize(
    ("habit", "flagged"),
    [(Habit(10, 9), True), (Habit(10, 8), False), (Habit(9, 9), False), (Habit(), False)],
)
def test_missing_exif_is_odd_only_from_a_phone_that_usually_writes_it(habit, flagged):
    expected = [(FlagCode.NO_EXIF, {"photos": habit.photos, "with_exif": habit.with_exif})]
    assert flags(camera=CameraFacts(), habit=habit) == (expected if flagged else [])


def test_a_photo_picked_from_a_file_is_shown_as_such():
    assert flags(source=Source.FILE) == [(FlagCode.FROM_FILE, {"source": "file"})]


def test_all_evidence_can_be_stored_as_json():
    everything = replace(
        HONEST,
        source=Source.FILE,
        camera=replace(CAMERA, taken_at=SUBMITTED + timedelta(days=1)),
        distance=Distance(9000.2, 3000),
        same_bytes=("p1",),
        alike={"p2": 3},
    )
    raised = flags_of(everything)
    assert len({flag.code for flag in raised}) == 5
    assert msgspec.json.decode(msgspec.json.encode([flag.evidence for flag in raised]))
