import subprocess
import sys
import warnings

import pytest
from PIL import Image

from media.decoding import opened
from media.refusals import PhotoRefusedError
from media.refusals import RefusalCode as Code
from tests.media import containers as make
from tests.media.pictures import encoded, photo, scene


def refusal_of(work):
    with pytest.raises(PhotoRefusedError) as caught:
        work()
    return caught.value.refusal.code


def load(data):
    with opened(data) as image:
        image.load()


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO", "JPEG2000"])
def test_no_format_outside_the_list_is_ever_tried(kind):
    assert refusal_of(lambda: load(encoded(scene(1, (64, 64)), kind))) is Code.UNDECODABLE


@pytest.mark.parametrize("size", [(7_072, 7_071), (20_000, 10_000)])
def test_more_than_fifty_megapixels_are_not_opened_even_if_inspection_missed_them(size):
    assert refusal_of(lambda: load(make.png(*size, make.rows(9, 9)))) is Code.TOO_MANY_PIXELS


def test_a_truncated_photo_is_not_silently_padded_with_grey():
    assert refusal_of(lambda: load(photo()[:-900])) is Code.UNDECODABLE


def test_a_warning_inside_is_an_error():
    def warn():
        with opened(photo()):
            warnings.warn("the decoder is not sure", UserWarning, stacklevel=1)

    assert refusal_of(warn) is Code.UNDECODABLE


def test_memory_that_is_not_there_is_refused_as_too_costly():
    def starve():
        with opened(photo()):
            raise MemoryError

    assert refusal_of(starve) is Code.TOO_COSTLY


def test_a_decoder_that_hits_the_childs_memory_limit_ends_in_a_refusal_and_not_in_a_crash():
    script = """
import resource
from datetime import UTC
from media.development import develop
from tests.media.containers import png, rows
bomb = png(7000, 7000, rows(7000, 7000, 8), depth=16, colour=6)
resource.setrlimit(resource.RLIMIT_AS, (200_000_000, 200_000_000))
print(develop(bomb, UTC).code)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == Code.TOO_COSTLY


def test_the_filters_of_the_process_come_back():
    before = list(warnings.filters)
    load(photo())
    assert warnings.filters == before
    assert Image.MAX_IMAGE_PIXELS == 50_000_000
