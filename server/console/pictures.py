"""Pictures that pages draw themselves."""

import segno
from markupsafe import Markup


def qr(content: str, scale: int = 5) -> Markup:
    """The QR picture of `content` as SVG; its quiet zone is part of it, so that it can be scanned on any ground."""
    # What it holds is drawn as squares; the markup is the library's own.
    return Markup(segno.make(content, error="m").svg_inline(scale=scale, border=4, light="#fff"))  # noqa: S704
