"""Photos: which are here, what became of them, and what does not fit, with what shows it."""

from schemas.fields import Count, Facts, Identifier, Listed, Moment, Nested, OneOf, Shape, Text

DIGEST = r"^[0-9a-f]{64}$"
DIGESTS_AT_MOST = 1000
STATES = ("declared", "arrived", "processed", "refused")
FLAGS = ("same_bytes", "alike", "time_outside_visit", "far_from_mine", "no_exif", "from_file")


class Digests(Shape):
    """Digests that a phone asks about."""

    digests = Listed(Text(64, DIGEST), longest=DIGESTS_AT_MOST, required=True)


class Missing(Shape):
    """Of the digests asked about: those to bring, those that are here, those that are never kept. What no stored
    operation of the phone names is in none.
    """

    missing = Listed(Text(), longest=DIGESTS_AT_MOST, required=True)
    here = Listed(Text(), longest=DIGESTS_AT_MOST, required=True)
    refused = Listed(Text(), longest=DIGESTS_AT_MOST, required=True)


class PhotoCounts(Shape):
    """How many photos signed operations declare, and what became of them."""

    declared = Count(required=True)
    arrived = Count(required=True)
    processed = Count(required=True)
    refused = Count(required=True)


class PhonePhotoCounts(PhotoCounts):
    """The same, of one phone."""

    device_id = Identifier(required=True)


class PhotoFlag(Shape):
    """One thing that does not fit, for a person to look at. `evidence`: another photo, how far, how long."""

    code = OneOf(*FLAGS, required=True)
    evidence = Facts(required=True)
    found_at = Moment(required=True)


class VisitPhoto(Shape):
    """A declared photo. Its file is described once it is here, its camera once it is processed."""

    id = Text(required=True)
    sha256 = Text(required=True)
    size = Count(required=True)
    original_sha256 = Text(required=True, allow_none=True)
    device_id = Text(required=True)
    finding_id = Text(required=True, allow_none=True)
    state = OneOf(*STATES, required=True)
    declared_at = Moment(required=True)
    arrived_at = Moment(required=True, allow_none=True)
    processed_at = Moment(required=True, allow_none=True)
    refusal = Text(required=True, allow_none=True)
    media_type = Text(required=True, allow_none=True)
    width = Count(required=True, allow_none=True)
    height = Count(required=True, allow_none=True)
    camera = Facts(required=True)
    flags = Listed(Nested(PhotoFlag), longest=1000, required=True)


class VisitPhotos(Shape):
    """The photos of a visit, counted in all and by phone. Retracted ones are listed and not counted in all."""

    counts = Nested(PhotoCounts, required=True)
    phones = Listed(Nested(PhonePhotoCounts), longest=1000, required=True)
    photos = Listed(Nested(VisitPhoto), longest=10_000, required=True)
