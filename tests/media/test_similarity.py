import random
from io import BytesIO
from itertools import permutations

import pytest
from PIL import Image, ImageEnhance

from media.similarity import ALIKE_DISTANCE, distance, likeness_of, nearest
from tests.media.pictures import encoded, scene

SIZE = (480, 360)
SCENES = 100


def recompressed(picture):
    return Image.open(BytesIO(encoded(picture, "JPEG", quality=35)))


def cropped(left, top, right, bottom):
    """Leave off these shares of the width and the height."""

    def crop(picture):
        width, height = picture.size
        return picture.crop(
            (round(width * left), round(height * top), round(width * (1 - right)), round(height * (1 - bottom)))
        )

    return crop


CHANGES = {
    "copied": lambda picture: picture.copy(),
    "recompressed": recompressed,
    "halved": lambda picture: picture.resize((picture.width // 2, picture.height // 2)),
    "a quarter, recompressed": lambda picture: recompressed(picture.resize((120, 90))),
    "blown up": lambda picture: picture.resize((800, 600)),
    "brightened": lambda picture: ImageEnhance.Brightness(picture).enhance(1.25),
    "darkened": lambda picture: ImageEnhance.Brightness(picture).enhance(0.7),
    "cropped left and top": cropped(0.05, 0.05, 0, 0),
    "cropped right": cropped(0, 0, 0.05, 0),
    "cropped unevenly": cropped(0.013, 0.031, 0.034, 0.011),
    "cropped all round": cropped(0.05, 0.05, 0.05, 0.05),
    "cropped and recompressed": lambda picture: recompressed(cropped(0.02, 0, 0.03, 0.04)(picture)),
}


@pytest.fixture(scope="module")
def scenes():
    return [(picture, likeness_of(picture)) for picture in (scene(seed, SIZE) for seed in range(SCENES))]


@pytest.mark.parametrize("change", CHANGES)
def test_at_least_95_of_100_changed_copies_are_found_whichever_came_first(scenes, change):
    least = SCENES if change == "copied" else SCENES * 0.95
    copies = [(whole, likeness_of(CHANGES[change](picture))) for picture, whole in scenes]
    assert sum(nearest(copy.views, whole.stored) <= ALIKE_DISTANCE for whole, copy in copies) >= least
    assert sum(nearest(whole.views, copy.stored) <= ALIKE_DISTANCE for whole, copy in copies) >= least


def test_at_most_1_in_200_different_photos_are_called_alike(scenes):
    pairs = [nearest(one.views, other.stored) for (_, one), (_, other) in permutations(scenes, 2)]
    assert sum(apart <= ALIKE_DISTANCE for apart in pairs) <= len(pairs) * 0.005


def test_most_photos_have_no_stranger_alike(scenes):
    """Per photo and not per pair: what a supervisor sees is how many photos are flagged."""
    flagged = sum(
        any(nearest(one.views, other.stored) <= ALIKE_DISTANCE for _, other in scenes if other is not one)
        for _, one in scenes
    )
    assert flagged <= SCENES * 0.005


@pytest.mark.parametrize("level", [0, 7, 128, 255])
def test_a_black_frame_or_a_wall_of_dust_is_like_nothing(level):
    rng = random.Random(level)  # noqa: S311 - the same every time
    frame = Image.new("L", SIZE, level)
    frame.putdata([max(0, min(255, level + rng.randrange(-3, 4))) for _ in range(SIZE[0] * SIZE[1])])
    assert likeness_of(frame) is None


def test_the_hash_says_where_it_gets_brighter():
    ramp = Image.linear_gradient("L").rotate(90).resize(SIZE)
    assert likeness_of(ramp).stored in {0, 2**64 - 1}
    assert distance(likeness_of(ramp).stored, likeness_of(ramp.rotate(180)).stored) == 64


def test_a_turned_or_mirrored_photo_is_another_one(scenes):
    for picture, whole in scenes[:20]:
        mirrored = likeness_of(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
        assert nearest(mirrored.views, whole.stored) > ALIKE_DISTANCE
