import pytest

from sync import enrolment

KEY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + "A" * 86


def test_en_3_a_device_s_id_is_the_hash_of_its_key():
    assert enrolment.device_id(KEY) == "FhPubfxu6YoU7IG0Hq45pQ"
    assert enrolment.device_id(KEY[:-2] + "EA") != enrolment.device_id(KEY)


def test_en_3_a_key_that_is_no_base64url_has_no_id():
    with pytest.raises(ValueError, match=r"."):
        enrolment.device_id("!" * 90)


def test_en_5_the_check_code_is_six_digits_of_nonce_and_key():
    codes = [enrolment.check_code(f"nonce {n}", KEY) for n in range(200)]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) > 190
    assert any(code.startswith("0") for code in codes)
    assert enrolment.check_code("nonce 1", KEY) == "111476"
    assert enrolment.check_code("nonce 1", KEY + "A") != enrolment.check_code("nonce 1", KEY)


def test_en_1_the_fragment_carries_code_and_fingerprint():
    fragment = enrolment.enrolment_fragment("c" * 22, "f" * 43)
    assert enrolment.read_fragment(fragment) == ("c" * 22, "f" * 43)


@pytest.mark.parametrize(
    "fragment",
    ["", "1.x", "2." + "f" * 43 + "." + "c" * 22, "1." + "f" * 42 + "." + "c" * 22, "1.f.c.d"],
)
def test_en_1_another_fragment_is_refused(fragment):
    with pytest.raises(ValueError, match=r"."):
        enrolment.read_fragment(fragment)


def test_en_2_and_en_7_statements_of_different_meaning_never_coincide():
    statements = {
        enrolment.enrolment_statement("a", "b"),
        enrolment.renewal_statement("a", "b"),
        enrolment.enrolment_statement("b", "a"),
        enrolment.renewal_statement("b", "a"),
    }
    assert len(statements) == 4
