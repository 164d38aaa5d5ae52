"""A certificate for the workers of one run, so that nobody else on this computer commands them.

Workers do whatever the scheduler sends them. Its port is open to every user of the computer, so
that all who take part have to show that they have the key, which is only ever in memory.
"""

from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Final, TypeAlias

Security: TypeAlias = Any
"""`distributed.Security`, which has no types."""

_NAME: Final = "imu_hip cohort"
_FROM: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNTIL: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""It goes with the run, so no date ends it (RFC 5280, 4.1.2.5), nor does a clock that is set."""


def own_security() -> Security:
    """Settings for a cluster and its client, with a new key.

    Raises
    ------
    ImportError
        Where `cryptography` or Dask is not installed.
    """
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    own = certificate.public_bytes(serialization.Encoding.PEM).decode()
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    # Whoever has the key may take any part, and nobody else has it: one pair does for all.
    roles = ("client", "scheduler", "worker")
    keys = {f"tls_{role}_key": secret for role in roles}
    certificates = {f"tls_{role}_cert": own for role in roles}
    security = import_module("distributed").Security
    return security(require_encryption=True, tls_ca_file=own, **keys, **certificates)
