import base64
import hashlib
import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from server import keys


def verifies(key, message, signature):
    raw = base64.urlsafe_b64decode(signature + "==")
    assert len(raw) == 64
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = serialization.load_der_public_key(base64.urlsafe_b64decode(key.public + "=="))
    try:
        public.verify(der, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def test_a_key_is_made_once_and_read_by_its_owner_only(tmp_path):
    path = tmp_path / "keys" / "server.pem"
    first = keys.load_or_create(path)
    again = keys.load_or_create(path)
    assert first.public == again.public
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["server.pem"]


def test_the_fingerprint_is_the_hash_of_the_public_key(tmp_path):
    key = keys.load_or_create(tmp_path / "server.pem")
    spki = base64.urlsafe_b64decode(key.public + "==")
    digest = base64.urlsafe_b64decode(key.fingerprint + "=")
    assert digest == hashlib.sha256(spki).digest()


def test_a_signature_verifies_and_is_the_same_every_time(tmp_path):
    key = keys.load_or_create(tmp_path / "server.pem")
    assert verifies(key, b"receipt", key.sign(b"receipt"))
    assert not verifies(key, b"other", key.sign(b"receipt"))
    assert key.sign(b"receipt") == key.sign(b"receipt")


def test_derived_keys_differ_by_purpose_and_come_back_the_same(tmp_path):
    key = keys.load_or_create(tmp_path / "server.pem")
    first, second = key.derived("office one"), key.derived("office two")
    assert len({key.public, first.public, second.public}) == 3
    reloaded = keys.load(tmp_path / "server.pem").derived("office one")
    assert reloaded.public == first.public
    assert verifies(first, b"seal", reloaded.sign(b"seal"))


def test_a_key_that_others_may_read_is_refused(tmp_path):
    keys.load_or_create(tmp_path / "server.pem")
    (tmp_path / "server.pem").chmod(0o640)
    with pytest.raises(keys.KeyUnusable, match="others may read"):
        keys.load(tmp_path / "server.pem")


@pytest.mark.parametrize(
    "content",
    [
        b"not a key",
        rsa.generate_private_key(65537, 2048).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        ec.generate_private_key(ec.SECP384R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    ],
    ids=["no key", "RSA", "P-384"],
)
def test_another_kind_of_key_is_refused(tmp_path, content):
    path = tmp_path / "server.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(keys.KeyUnusable):
        keys.load(path)


def test_processes_that_start_together_agree_on_one_key(tmp_path):
    path = tmp_path / "server.pem"
    # Forked, since a process that starts anew spends seconds on imports before it gets to the key.
    with multiprocessing.get_context("fork").Pool(6) as processes:
        answers = processes.map(public_key_in, [path] * 6, chunksize=1)
    assert set(answers) == {keys.load(path).public}


def public_key_in(path):
    return keys.load_or_create(path).public


def test_threads_that_need_the_key_together_get_one_key(tmp_path):
    path = tmp_path / "keys" / "server.pem"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: keys.load_or_create(path).public, range(8)))

    assert len(set(found)) == 1
    assert [file.name for file in path.parent.iterdir()] == ["server.pem"]
