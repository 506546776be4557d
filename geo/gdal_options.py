"""GDAL's process-wide options, set for a while and put back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pyogrio


@contextmanager
def gdal_options(options: Mapping[str, str]) -> Iterator[None]:
    """Set GDAL configuration options for the time of a ``with`` block.

    Parameters
    ----------
    options
        Option to value.
    """
    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(dict(options))
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
