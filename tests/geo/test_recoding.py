"""Windows-1252 and its kin as UTF-8, against Python's own way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import recoding
from geo.recoding import recode_bytes


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=20), st.sampled_from(["cp1252", "iso8859-1", "iso8859-15"]), st.integers(1, 5))
def test_letters_are_recoded_as_python_does(text, encoding, piece_n):
    def tell(recode):
        try:
            return recode()
        except UnicodeDecodeError as broken:
            return broken.start, broken.end

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(recoding, "_PIECE_BYTES", piece_n)
        found = tell(lambda: recode_bytes(np.frombuffer(text, dtype=np.uint8), encoding).tobytes())
    assert found == tell(lambda: text.decode(encoding).encode())
