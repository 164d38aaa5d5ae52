"""Codes of other devices."""

import pytest

from imu_hip.web.entry import LOCKED_S, WRONG_CODES, WRONG_CODES_IN_ALL, Entry, EntryError

PHONE = "192.168.1.20"


class Codes:
    """An entry, the codes that it announced, and a clock that is set by hand."""

    def __init__(self):
        self.announced = []
        self.now_s = 1000.0
        self.entry = Entry(self.announced.append, lambda: self.now_s)

    @property
    def newest(self):
        return self.announced[-1]

    @property
    def wrong(self):
        return "0000 0001" if self.newest != "0000 0001" else "0000 0002"

    def fail(self, address, times):
        for _ in range(times):
            with pytest.raises(EntryError, match="not right"):
                self.entry.exchange(self.wrong, address)


@pytest.fixture
def codes():
    return Codes()


def test_a_code_is_exchanged_once_for_a_cookie(codes):
    code = codes.newest
    assert len(code.replace(" ", "")) == 8
    cookie = codes.entry.exchange(code, PHONE)
    assert codes.entry.knows(cookie)
    assert not codes.entry.knows(cookie[:-1])
    assert not codes.entry.knows("")
    assert codes.newest != code
    with pytest.raises(EntryError, match="not right"):
        codes.entry.exchange(code, PHONE)
    other = codes.entry.exchange(codes.newest.replace(" ", ""), PHONE)
    assert other != cookie
    assert codes.entry.knows(other)


def test_five_wrong_codes_lock_an_address_for_ten_minutes(codes):
    codes.fail(PHONE, WRONG_CODES)
    for code in (codes.newest, codes.wrong):
        with pytest.raises(EntryError, match="too many"):
            codes.entry.exchange(code, PHONE)
    # Another address still enters, and the first one after ten minutes.
    codes.entry.exchange(codes.newest, "192.168.1.30")
    codes.now_s += LOCKED_S - 1.0
    with pytest.raises(EntryError, match="too many"):
        codes.entry.exchange(codes.newest, PHONE)
    codes.now_s += 1.0
    codes.entry.exchange(codes.newest, PHONE)


def test_a_right_code_forgives_the_wrong_ones_before_it(codes):
    codes.fail(PHONE, WRONG_CODES - 1)
    codes.entry.exchange(codes.newest, PHONE)
    codes.fail(PHONE, WRONG_CODES - 1)
    codes.entry.exchange(codes.newest, PHONE)


def test_many_addresses_together_lock_everybody(codes):
    for number in range(WRONG_CODES_IN_ALL // WRONG_CODES):
        codes.fail(f"192.168.1.{number}", WRONG_CODES)
    with pytest.raises(EntryError, match="anew"):
        codes.entry.exchange(codes.newest, PHONE)
    codes.now_s += 10 * LOCKED_S
    with pytest.raises(EntryError, match="anew"):
        codes.entry.exchange(codes.newest, PHONE)


@pytest.mark.parametrize("code", ["", " ", "\x00", "１２３４５６７８", "x" * 10_000])
def test_what_is_no_code_is_a_wrong_one(codes, code):
    with pytest.raises(EntryError, match="not right"):
        codes.entry.exchange(code, PHONE)
