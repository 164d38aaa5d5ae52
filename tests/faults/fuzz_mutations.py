"""Valid inputs made wrong, as broken disks, radios, editors and enemies make them wrong."""

import json
import random
import re
import struct
from collections.abc import Callable, Sequence

LARGEST = 400_000
"""Longer inputs are cut: what grows with the input is found with short ones."""

NUMBERS = (
    "0", "-0.0", "-1", "1", "2", "3.5", "1e308", "-1e308", "1e309", "1e-320", "nan", "NaN", "inf",
    "-inf", "Infinity", "2147483648", "-2147483649", "4294967296", "9223372036854775808", "1e18",
    "18446744073709551616", "0x10", "1_000", "1,5", "१२", "²", "true", "null", "", " ", "+",
    "1" + "0" * 400, "1" * 5000, "0." + "0" * 400 + "1", "1e99999999", "1.2.3", "--1",
)  # fmt: skip
WORDS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\x80", "é".encode("latin-1"),
    "\u202e".encode(), "\U0001f9b5".encode(), b"\r", b"\n\n", b"\r\n", b"\x85", "\u2028".encode(),
    b'"', b"'", b'""', b",", b";", b"\t", b"#", b"=", b"[[", b"]]", b"{", b"}", b"../../", b"%00",
    b"%s%n", b"{0}", b"{name}", b"<!ENTITY a 'a'>", b"\\u0000", b"\\ud800", b"A" * 5000,
)  # fmt: skip
BOMBS = (
    b"[" * 50_000, b'{"a":' * 20_000, b"[" * 900 + b"]" * 900, b"a." * 5000 + b"b = 1\n",
    b"x = " + b"[" * 3000 + b"]" * 3000 + b"\n", b"[a" + b".a" * 3000 + b"]\n",
    b"\n" * 50_000, b"," * 50_000, b'"' * 3001, b"\t" * 20_000, b"- " * 20_000,
)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1, 2, 10**30, -(10**30), 2**31, 2**63, 1e308, float("nan"),
    float("inf"), -0.5, "", "x", "left", "left_thigh", "\ud800", "\x00", "A" * 3000, [], [[]],
    {}, {"a": 1}, [None], [1, 2, 3, 4], "2026-01-01T00:00:00Z", "nan", "1e400",
)  # fmt: skip
_NUMBER = re.compile(rb"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_TEXT = re.compile(rb"[\x09\x0a\x0d\x20-\x7e]{12}")
_SEPARATORS = (b",", b"\t", b";", b"&", b"=")

Mutation = Callable[[random.Random, bytes], bytes]


def mutated(rng: random.Random, seeds: Sequence[bytes]) -> bytes:
    """One wrong input made of seeds; the same generator makes the same one."""
    data = rng.choice(seeds)
    if rng.random() < 0.1:
        data = _spliced(rng, data, rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5))):
        data = _any_of(rng, data)(rng, data)[:LARGEST]
    return data


def _any_of(rng: random.Random, data: bytes) -> Mutation:
    is_text = bool(_TEXT.search(data[:2000]))
    if is_text and rng.random() < 0.7:
        return rng.choice(_OF_TEXT)
    return rng.choice(_OF_BYTES)


def _place(rng: random.Random, data: bytes) -> int:
    return rng.randint(0, len(data))


def _span(rng: random.Random, data: bytes) -> tuple[int, int]:
    start = _place(rng, data)
    return start, min(len(data), start + rng.choice((1, 1, 2, 4, 8, 30, 200, 2000)))


def _spliced(rng: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: _place(rng, data)] + other[_place(rng, other) :]


def _flip(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 4)) if data else 0):
        changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _set_byte(rng: random.Random, data: bytes) -> bytes:
    if not data:
        return b"\xff"
    at = rng.randrange(len(data))
    return (
        data[:at]
        + bytes([rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))])
        + data[at + 1 :]
    )


def _set_integer(rng: random.Random, data: bytes) -> bytes:
    width, code = rng.choice(((2, "H"), (4, "I"), (8, "Q"), (4, "f"), (8, "d")))
    if code in "fd":
        value: float = rng.choice((0.0, -0.0, float("nan"), float("inf"), 1e38, -1e38, 1e-40, 0.7))
        coded = struct.pack(rng.choice("<>") + code, value)
    else:
        most = 256**width - 1
        number = rng.choice((0, 1, most, most // 2, most // 2 + 1, most - 1, 1000, 50_000))
        coded = struct.pack(rng.choice("<>") + code, number)
    at = _place(rng, data)
    return data[:at] + coded + data[at + width :]


def _remove(rng: random.Random, data: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + data[end:]


def _repeat(rng: random.Random, data: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:end] + data[start:end] * rng.choice((1, 2, 10, 100)) + data[end:]


def _truncate(rng: random.Random, data: bytes) -> bytes:
    return data[: _place(rng, data)]


def _insert_random(rng: random.Random, data: bytes) -> bytes:
    at = _place(rng, data)
    return data[:at] + rng.randbytes(rng.choice((1, 2, 4, 16, 300))) + data[at:]


def _clear(rng: random.Random, data: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + rng.choice((b"\x00", b"\xff", b" ")) * (end - start) + data[end:]


def _swap_spans(rng: random.Random, data: bytes) -> bytes:
    a, b, c, d = sorted(_place(rng, data) for _ in range(4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def _nothing(rng: random.Random, data: bytes) -> bytes:
    return rng.choice((b"", data[:1], b"\x00" * len(data), rng.randbytes(min(len(data), 3000))))


def _number(rng: random.Random, data: bytes) -> bytes:
    found = list(_NUMBER.finditer(data, 0, 20_000 + _place(rng, data)))
    if not found:
        return _word(rng, data)
    chosen = rng.choice(found)
    return data[: chosen.start()] + rng.choice(NUMBERS).encode() + data[chosen.end() :]


def _word(rng: random.Random, data: bytes) -> bytes:
    at = _place(rng, data)
    return data[:at] + rng.choice(WORDS) + data[at + rng.choice((0, 0, 1)) :]


def _bomb(rng: random.Random, data: bytes) -> bytes:
    at = rng.choice((0, len(data), _place(rng, data)))
    return data[:at] + rng.choice(BOMBS) + data[at:]


def _lines(rng: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(5):
        case 0:
            lines.pop(i)
        case 1:
            lines.insert(j, lines[i])
        case 2:
            lines[i], lines[j] = lines[j], lines[i]
        case 3:
            lines[min(i, j) : max(i, j)] = []
        case _:
            lines[i:i] = lines[min(i, j) : max(i, j) + 1] * rng.choice((1, 3, 20))
    return b"\n".join(lines)


def _cells(rng: random.Random, data: bytes) -> bytes:
    """Two columns exchanged, or one cell taken away, repeated or put elsewhere."""
    separator = rng.choice([each for each in _SEPARATORS if each in data] or [b","])
    rows = [line.split(separator) for line in data.split(b"\n")]
    wide = [row for row in rows if len(row) > 1]
    if not wide:
        return _number(rng, data)
    i, j = rng.randrange(len(wide[0])), rng.randrange(len(wide[0]))
    for row in wide if rng.random() < 0.5 else [rng.choice(wide)]:
        if max(i, j) < len(row):
            row[i], row[j] = (row[j], row[i]) if rng.random() < 0.8 else (row[j], row[j])
    if rng.random() < 0.3:
        rng.choice(wide).pop()
    return b"\n".join(separator.join(row) for row in rows)


def _separator(rng: random.Random, data: bytes) -> bytes:
    old, new = rng.sample((b",", b";", b"\t", b".", b" ", b"\n", b"\r\n", b":"), 2)
    return data.replace(old, new, rng.choice((1, 5, -1)))


def _encoding(rng: random.Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(
        rng.choice(("utf-16", "utf-16-le", "utf-8-sig", "utf-32", "utf-7", "cp500")), "replace"
    )


def _case(rng: random.Random, data: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + data[start:end].swapcase() + data[end:]


def _json(rng: random.Random, data: bytes) -> bytes:
    """One value of a JSON document exchanged, removed, repeated or renamed."""
    start = data.find(b"{")
    try:
        content, length = json.JSONDecoder().raw_decode(data[start:].decode())
    except (ValueError, RecursionError):
        return _number(rng, data)
    places: list[tuple[dict[str, object] | list[object], str | int]] = []
    waiting: list[object] = [content]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict | list):
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            places += [(node, key) for key in keys]
            waiting += [node[key] for key in keys]
    for _ in range(rng.choice((1, 1, 2)) if places else 0):
        node, key = rng.choice(places)
        _change(rng, node, key, places)
    end = start + len(data[start:].decode()[:length].encode())
    return data[:start] + json.dumps(content).encode() + data[end:]


def _change(rng, node, key, places) -> None:
    if isinstance(node, list) and not key < len(node):
        return
    match rng.randrange(6):
        case 0 if isinstance(node, dict):
            node.pop(key, None)
        case 1 if isinstance(node, dict):
            node[rng.choice(("x", "", "type", "segment", f"{key} "))] = node.get(key)
        case 2:
            other, name = rng.choice(places)
            present = other.get(name) if isinstance(other, dict) else None
            node[key] = present if not isinstance(present, dict | list) else None
        case 3 if isinstance(node, list):
            node.extend(node[: rng.choice((1, 3))])
        case _:
            node[key] = rng.choice(VALUES)


_OF_BYTES: tuple[Mutation, ...] = (
    _flip, _flip, _set_byte, _set_byte, _set_integer, _set_integer, _remove, _repeat, _truncate,
    _insert_random, _clear, _swap_spans, _nothing,
)  # fmt: skip
_OF_TEXT: tuple[Mutation, ...] = (
    _number, _number, _number, _word, _word, _bomb, _lines, _lines, _cells, _cells, _separator,
    _encoding, _case, _json, _json, _json,
)  # fmt: skip
