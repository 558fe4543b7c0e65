"""Content Credentials, with certificates made here."""

import io
import json
import socket
from datetime import datetime, timedelta, timezone
from pathlib import Path

import c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

from editor.errors import SettingError
from editor.recipe import FaceEdit, Recipe
from editor.saving import credentials as module
from editor.saving.credentials import SETTINGS, Credentials, signed
from editor.saving.embedded import marked
from editor.saving.formats import FORMATS, content_of
from editor.saving.marks import TERMS, packet
from editor.saving.movies import MOVIES, movie_of

RECIPE = Recipe((FaceEdit({"Smiling": 1.5}),))
PICTURE = Image.effect_noise((96, 64), 60).convert("RGB")


def certificate(key, of: str, issuer_key, issuer: str, is_authority: bool) -> bytes:
    names = [x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]) for name in (of, issuer)]
    usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
    usage |= {"encipher_only": False, "decipher_only": False, "digital_signature": not is_authority}
    usage |= {"key_cert_sign": is_authority, "crl_sign": is_authority}
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder(*reversed(names), key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    builder = builder.add_extension(x509.BasicConstraints(is_authority, None), critical=True)
    builder = builder.add_extension(x509.KeyUsage(**usage), critical=True)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    if not is_authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.PEM)


def pem(key, encryption=None) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def credentials_of(key, folder: Path) -> Credentials:
    authority = ec.generate_private_key(ec.SECP256R1())
    chain = certificate(key, "Anna", authority, "Root", False) + certificate(authority, "Root", authority, "Root", True)
    (folder / "key.pem").write_bytes(pem(key))
    (folder / "chain.pem").write_bytes(chain)
    return Credentials(folder / "key.pem", folder / "chain.pem")


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Credentials:
    return credentials_of(ec.generate_private_key(ec.SECP256R1()), tmp_path_factory.mktemp("own"))


def read(content: bytes, media_type: str) -> dict:
    context = c2pa.Context(settings=c2pa.Settings.from_dict(SETTINGS))
    return json.loads(c2pa.Reader(media_type, io.BytesIO(content), context=context).json())


@pytest.mark.parametrize("format", FORMATS)
def test_a_signed_file_says_who_and_what_and_keeps_its_recipe(own, format):
    media_type = FORMATS[format].media_type
    content = content_of(PICTURE, format, xmp=packet("edited", RECIPE), recipe=RECIPE)
    result = signed(content, media_type, own)
    report = read(result, media_type)
    manifest = report["manifests"][report["active_manifest"]]
    actions = next(each for each in manifest["assertions"] if each["label"] == "c2pa.actions.v2")["data"]["actions"]
    assert report["validation_state"] == "Valid" and manifest["signature_info"]["issuer"] == "Anna"
    assert [action["action"] for action in actions] == ["c2pa.opened", "c2pa.edited"]
    assert actions[1]["digitalSourceType"].endswith(f"/{TERMS['edited']}")
    mark = marked(result)
    assert mark and mark.is_signed and mark.recipe == RECIPE and "Content Credentials" in mark.sentence
    assert not getattr(marked(content), "is_signed", True)
    assert Image.open(io.BytesIO(result)).tobytes() == Image.open(io.BytesIO(content)).tobytes()


def test_credentials_alone_are_told(own):
    mark = marked(signed(content_of(PICTURE, "jpeg"), "image/jpeg", own))
    assert mark and mark.sentence.startswith("The photo's Content Credentials")


def test_no_thumbnail_and_no_time_stamp_is_in_it(own):
    text = json.dumps(read(signed(content_of(PICTURE, "jpeg"), "image/jpeg", own), "image/jpeg"))
    assert "thumbnail" not in text and "timeStamp" not in text and '"title"' not in text


def test_the_network_is_not_asked(own, monkeypatch):
    monkeypatch.setattr(socket, "socket", None)
    assert signed(content_of(PICTURE, "png"), "image/png", own)


def test_a_changed_file_is_found_out(own):
    content = bytearray(signed(content_of(PICTURE, "png"), "image/png", own))
    content[content.rindex(b"IDAT") + 40] ^= 1
    assert read(bytes(content), "image/png")["validation_state"] == "Invalid"


@pytest.mark.parametrize("format", MOVIES)
def test_moving_pictures_can_be_signed(own, format):
    content = movie_of([PICTURE] * 2, format, xmp=packet("generated", None))
    media_type = MOVIES[format].media_type
    assert read(signed(content, media_type, own, "generated"), media_type)["validation_state"] == "Valid"


KEYS = {
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    "RSA": lambda: rsa.generate_private_key(65537, 2048),
}


@pytest.mark.parametrize("make", KEYS.values(), ids=KEYS)
def test_the_key_says_how_it_signs(make, tmp_path):
    content = signed(content_of(PICTURE, "png"), "image/png", credentials_of(make(), tmp_path))
    assert read(content, "image/png")["validation_state"] == "Valid"


BAD_KEYS = {
    "not a private key": b"hello",
    "passphrase": pem(ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"secret")),
    "does not know": pem(dsa.generate_private_key(1024)),
    "cannot be signed": pem(ec.generate_private_key(ec.SECP256R1())),  # another key than that of the certificates
}


@pytest.mark.parametrize("why, key", BAD_KEYS.items(), ids=BAD_KEYS)
def test_a_key_that_cannot_be_used_is_told_in_one_line(own, tmp_path, why, key):
    (tmp_path / "bad.pem").write_bytes(key)
    with pytest.raises(SettingError, match=why) as told:
        signed(content_of(PICTURE, "png"), "image/png", Credentials(tmp_path / "bad.pem", own.certificates))
    assert str(told.value).isprintable()


@pytest.mark.parametrize("chain", [b"", b"hello"])
def test_certificates_that_cannot_be_used_are_told(own, tmp_path, chain):
    (tmp_path / "bad.pem").write_bytes(chain)
    with pytest.raises(SettingError, match="cannot be signed"):
        signed(content_of(PICTURE, "png"), "image/png", Credentials(own.key, tmp_path / "bad.pem"))


def test_without_the_package_its_name_is_told(own, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(SettingError, match=r"semantic-face-editor\[c2pa\]"):
        signed(b"", "image/png", own)
