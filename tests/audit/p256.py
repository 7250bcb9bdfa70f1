"""ECDSA over P-256 with SHA-256 (ES256, RFC 7518 section 3.4), in whole numbers: FIPS 186-5 section 6.4, SEC 1 section 4.1.

Slow and not in constant time, which is no harm where nothing but signatures and public keys are handled.
"""

import base64
import hashlib

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
# The point at infinity, in Jacobian coordinates (x / z^2, y / z^3).
INFINITY = (1, 1, 0)


def decode(text):
    """The bytes of base64url without padding. ValueError for anything else."""
    if "=" in text or "+" in text or "/" in text:
        raise ValueError("not base64url without padding")
    decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(decoded) != text:
        raise ValueError("not base64url without padding")
    return decoded


def encode(data):
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def point_of(jwk):
    """The point of a public JWK (RFC 7517). ValueError if it is not one of the curve."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise ValueError("not a P-256 key")
    x, y = (int.from_bytes(decode(jwk[name]), "big") for name in ("x", "y"))
    if not (x < P and y < P and (y * y - (x * x * x - 3 * x + B)) % P == 0):
        raise ValueError("not a point of P-256")
    return x, y


def verifies(point, message, signature):
    """Whether the 64 bytes r||s are a signature over the message by the key of this point."""
    if len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < N and 0 < s < N):
        return False
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    inverse = pow(s, -1, N)
    sum_ = _add(multiply(G, digest * inverse % N), multiply(point, r * inverse % N))
    affine = to_affine(sum_)
    return affine is not None and affine[0] % N == r


def multiply(point, scalar):
    """scalar * point, in Jacobian coordinates."""
    result, addend = INFINITY, (*point, 1)
    while scalar:
        if scalar & 1:
            result = _add(result, addend)
        addend = _double(addend)
        scalar >>= 1
    return result


def to_affine(point):
    """(x, y); None for the point at infinity."""
    x, y, z = point
    if z == 0:
        return None
    inverse = pow(z, -1, P)
    return x * inverse**2 % P, y * inverse**3 % P


def _double(point):
    x, y, z = point
    if z == 0 or y == 0:
        return INFINITY
    yy = y * y % P
    s = 4 * x * yy % P
    # The curve's a is -3.
    m = 3 * (x - z * z) * (x + z * z) % P
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * yy * yy) % P, 2 * y * z % P


def _add(one, other):
    (x1, y1, z1), (x2, y2, z2) = one, other
    if z1 == 0:
        return other
    if z2 == 0:
        return one
    u1, u2 = x1 * z2 * z2 % P, x2 * z1 * z1 % P
    s1, s2 = y1 * z2**3 % P, y2 * z1**3 % P
    h, r = (u2 - u1) % P, (s2 - s1) % P
    if h == 0:
        return _double(one) if r == 0 else INFINITY
    hh = h * h % P
    v = u1 * hh % P
    x3 = (r * r - h * hh - 2 * v) % P
    return x3, (r * (v - x3) - s1 * h * hh) % P, h * z1 * z2 % P
