"""The only way into Pillow: formats listed, pixels bounded, every warning an error.

Opening reads headers, loading decodes; both belong in a child process under `CHILD_MEMORY_BYTES`
and `CHILD_SECONDS`, for the decoders are C and the bytes are hostile.
"""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO

import pi_heif
from PIL import Image

from media.headers.parts import MAX_PIXELS
from media.refusals import PhotoRefusedError, RefusalCode

#: Pillow's names; nothing outside this list is ever tried, however the bytes begin.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")
#: Address space of the child. The dearest accepted photo (50 megapixels) needs 0.8 GB (WebP).
CHILD_MEMORY_BYTES = 1_200_000_000
#: Processor seconds of the child. The dearest accepted photo needs about 3 on a slow core.
CHILD_SECONDS = 20

_DECODER_ERRORS = (
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    Warning,
    struct.error,
)


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """Open a photo for the block; raises PhotoRefusedError for whatever the decoder could not do.

    Warnings are errors inside the block, for the whole process: not for a threaded server.
    """
    _prepare()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            # Broken EXIF is no reason to lose a photo: what does not parse is absent.
            warnings.filterwarnings("ignore", module=r"PIL\.TiffImagePlugin")
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PhotoRefusedError(RefusalCode.TOO_MANY_PIXELS, "when opened") from bomb
    except MemoryError as memory:
        raise PhotoRefusedError(RefusalCode.TOO_COSTLY, "memory") from memory
    except _DECODER_ERRORS as error:
        raise PhotoRefusedError(RefusalCode.UNDECODABLE, type(error).__name__) from error


def load_decoders() -> None:
    """Load every decoder now: the child, which may open no file, has what its parent has loaded."""
    _prepare()
    Image.init()


@cache
def _prepare() -> None:
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    pi_heif.register_heif_opener(thumbnails=False)
