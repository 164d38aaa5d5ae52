"""Ask the C library to keep freed memory for the next array."""

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGEST_ARRAY_BYTES = 32 * 2**20
KEPT_BYTES = 2**30


def keep_freed_memory(kept_bytes: int = KEPT_BYTES) -> None:
    """Reuse the memory of large arrays instead of returning it after each one.

    Parameters
    ----------
    kept_bytes
        Freed memory that the process keeps at most.

    Notes
    -----
    An hour of samples goes through dozens of arrays of 10 MB; fetching each page of them anew from
    the system takes a tenth of the command's time. Only glibc knows these settings (mallopt(3)).
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGEST_ARRAY_BYTES)
        mallopt(M_TRIM_THRESHOLD, kept_bytes)
