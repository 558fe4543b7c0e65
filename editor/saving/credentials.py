"""Content Credentials (C2PA): a signature on a finished file that says who made it and that AI edited it.

The key and the certificates are the person's own: a key that everybody has would prove nothing. Nothing is fetched while a
file is signed, and no thumbnail goes into it: that of the photo before the edit would show what was edited. The signature
holds for the bytes of the file, so signing is the last step.

References: C2PA specification 2.4, certificates section 14.5.
"""

import io
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from editor import __version__
from editor.errors import SettingError
from editor.saving.marks import SYSTEM, TERMS, VOCABULARY, Kind

SETTINGS: dict[str, Any] = {
    "version": 1,
    "core": {"allowed_network_hosts": []},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": False},
    "builder": {"thumbnail": {"enabled": False}},
}
"""Of the library: by default it makes thumbnails and may ask the network. Whether readers trust the certificate is theirs to
say."""
CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
MISSING = "Signing needs the package c2pa-python. Install it: pip install 'semantic-face-editor[c2pa]'"
MOST_BYTES = 1_000_000
"""Of a file with a key or with certificates."""


@dataclass(frozen=True)
class Credentials:
    """Where a person's key and certificates lie.

    Attributes:
        key: the private key, in PEM and without a passphrase: of an elliptic curve, Ed25519 or RSA.
        certificates: the chain in PEM, that of the key first.
    """

    key: Path
    certificates: Path


def signed(content: bytes, media_type: str, credentials: Credentials, kind: Kind = "edited") -> bytes:
    """A finished file with Content Credentials.

    Args:
        content: of the file, which is not to be changed afterwards.
        media_type: what it is, as `Format.media_type` says.
        kind: what AI did.

    Raises:
        SettingError: the package is not installed, or key or certificates cannot be used.

    >>> signed(b"", "image/png", Credentials(folder / "key.pem", folder / "chain.pem"))
    Traceback (most recent call last):
    editor.errors.SettingError: key.pem cannot be read: No such file or directory. Choose another file for the key.
    """
    if find_spec("c2pa") is None:
        raise SettingError(MISSING)
    import c2pa  # a native library of 40 MB

    key = _read(credentials.key, "key")
    chain = _read(credentials.certificates, "certificates")
    algorithm = _algorithm(key, credentials.key)
    stream = io.BytesIO()
    try:
        with c2pa.Context(settings=c2pa.Settings.from_dict(SETTINGS)) as context:
            signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(algorithm, chain, key, None))
            with signer, c2pa.Builder(_manifest(), context=context) as builder:
                builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
                builder.add_action(_action(kind))
                builder.sign(signer, media_type, io.BytesIO(content), stream)
    except c2pa.C2paError as error:
        why = " ".join(str(error).split())[:200]
        raise SettingError(
            f"The file cannot be signed with {credentials.key.name} and {credentials.certificates.name}: {why}"
        ) from error
    return stream.getvalue()


def _manifest() -> dict[str, Any]:
    """What is stated of the file. No title, since the name of a photo may say whom it shows."""
    return {"claim_generator_info": [{"name": SYSTEM, "version": __version__}]}


def _action(kind: Kind) -> dict[str, Any]:
    agent = {"name": SYSTEM, "version": __version__}
    return {"action": "c2pa.edited", "digitalSourceType": VOCABULARY + TERMS[kind], "softwareAgent": agent}


def _read(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        raise SettingError(f"{path.name} cannot be read: {error.strerror}. Choose another file for the {what}.") from error


def _algorithm(key: bytes, path: Path) -> str:
    """How a key signs, as C2PA names it.

    Raises:
        SettingError: it is no key, has a passphrase, or is of a kind that C2PA does not know.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        loaded = load_pem_private_key(key, None)
    except TypeError as error:
        raise SettingError(f"{path.name} is protected by a passphrase. Save a copy of the key without one.") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SettingError(f"{path.name} is not a private key in PEM. Choose another file for the key.") from error
    if isinstance(loaded, ec.EllipticCurvePrivateKey) and loaded.curve.name in CURVES:
        return CURVES[loaded.curve.name]
    if isinstance(loaded, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(loaded, rsa.RSAPrivateKey):
        return "ps256"
    raise SettingError(f"{path.name} is of a kind that C2PA does not know. Use a P-256, P-384, P-521, Ed25519 or RSA key.")
