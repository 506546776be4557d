"""Nothing half written: whatever fails, warns, differs or kills, the old file or the new one is there whole."""

import os
import sqlite3
import subprocess
import sys
import warnings
from contextlib import closing
from pathlib import Path

import pyogrio
import pytest

from geo import geopackage
from geo.errors import WriteError
from geo.geopackage import read_metadata, write_geopackage


@pytest.fixture
def path(package, tmp_path):
    return package.write(tmp_path / "boligkort.gpkg")


SPOILING = {
    "rows": "DELETE FROM sources WHERE fid = 1",
    "value": "UPDATE sources SET dwelling_id = 'z' WHERE fid = 1",
    "type": "UPDATE gpkg_geometry_columns SET geometry_type_name = 'POLYGON'",
    "crs": """\
        UPDATE gpkg_contents SET srs_id = 4326 WHERE table_name = 'areas';
        UPDATE gpkg_geometry_columns SET srs_id = 4326 WHERE table_name = 'areas'""",
    "columns": "ALTER TABLE sources RENAME COLUMN dwelling_id TO other",
    "key": "UPDATE gpkg_contents SET srs_id = 99999 WHERE table_name = 'areas'",
}
"""What is changed in a file that was written, before it is read back."""


@pytest.mark.parametrize("statements", SPOILING.values(), ids=list(SPOILING))
def test_what_differs_when_read_back_is_thrown_away(path, package, monkeypatch, statements):
    before = package.digest(path)
    fill = geopackage.fill_tables

    def fill_and_spoil(temporary, *args, **options):
        fill(temporary, *args, **options)
        with closing(sqlite3.connect(temporary)) as database:
            database.executescript(statements)

    monkeypatch.setattr(geopackage, "fill_tables", fill_and_spoil)
    with pytest.raises(WriteError) as caught:
        write_geopackage(path, package.layers(), metadata={}, overwrite=True)
    assert caught.value.key == "files.read_back_differs"
    assert package.digest(path) == before
    assert [other.name for other in path.parent.iterdir()] == [path.name]


def test_what_gdal_warns_of_is_not_kept(path, package, monkeypatch):
    fill = geopackage.fill_tables

    def fill_and_warn(*args, **options):
        fill(*args, **options)
        warnings.warn("a value was cut short", RuntimeWarning, stacklevel=1)
        warnings.warn("something will change", DeprecationWarning, stacklevel=1)

    before = package.digest(path)
    monkeypatch.setattr(geopackage, "fill_tables", fill_and_warn)
    with pytest.raises(WriteError) as caught:
        write_geopackage(path, package.layers(), metadata={}, overwrite=True)
    assert str(caught.value.values["found"]) == "a value was cut short"
    assert package.digest(path) == before


def test_what_others_warn_of_does_no_harm(path, package, monkeypatch):
    fill = geopackage.fill_tables

    def fill_and_warn(*args, **options):
        fill(*args, **options)
        warnings.warn("something will change", DeprecationWarning, stacklevel=1)

    monkeypatch.setattr(geopackage, "fill_tables", fill_and_warn)
    write_geopackage(path, package.layers(), metadata={}, overwrite=True)
    assert read_metadata(path) == {}


@pytest.mark.parametrize("step", ["_write_layers", "fill_tables", "_compare"])
@pytest.mark.parametrize(
    "failure", [OSError(28, "No space left on device"), pyogrio.errors.DataSourceError("full"), MemoryError()]
)
def test_failure_of_a_step_leaves_the_old_file(path, package, monkeypatch, step, failure):
    before = package.digest(path)

    def fail(*_, **__):
        raise failure

    monkeypatch.setattr(geopackage, step, fail)
    with pytest.raises((WriteError, MemoryError)):
        write_geopackage(path, package.layers(), metadata={}, overwrite=True)
    assert package.digest(path) == before
    assert [other.name for other in path.parent.iterdir()] == [path.name]


KILLER = """
import gc, hashlib, os, pathlib, signal, sys
sys.path.insert(0, {tests!r})
from conftest import Package
from geo.geopackage import read_metadata, write_geopackage

package = Package()

target = pathlib.Path(sys.argv[1])
old, given = package.digest(target), package.layers()
new = package.metadata | {{"titel": "ny"}}


def write(kill_at=None):
    seen_n = 0

    def step(frame, event, argument):
        # Every call and return, of Python and of C, in the modules that write.
        nonlocal seen_n
        if "{geo}" in frame.f_code.co_filename:
            seen_n += 1
            if seen_n == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(step)
    write_geopackage(target, given, metadata=new, overwrite=True)
    sys.setprofile(None)
    return seen_n


# Once whole, to count the moments; then the old file again.
content = target.read_bytes()
moments_n = write()
assert read_metadata(target) == new
target.write_bytes(content)
after_n = 0
every = int(sys.argv[2])
# The last moments are those around the swap.
last = range(moments_n - 60, moments_n + 1, 4)
for moment in sorted({{*range(1, moments_n, every), *last}}):
    child = os.fork()
    if child == 0:
        write(moment)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, (moment, status)
    if package.digest(target) != old:
        assert read_metadata(target) == new, moment
        after_n += 1
        target.write_bytes(content)
print(moments_n, after_n)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills its child by fork and SIGKILL")
@pytest.mark.parametrize("every", [151, pytest.param(3, marks=pytest.mark.thorough)])
def test_killing_the_writer_at_any_moment_leaves_the_old_file_or_the_new_one_whole(path, package, every):
    program = KILLER.format(tests=str(Path(__file__).parent), geo=os.sep + "geo" + os.sep)
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(path), str(every)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    moments_n, after_n = map(int, run.stdout.split())
    assert moments_n > 500
    # Both kinds of moment were met: before the swap, and after it.
    assert after_n > 0
    # What the killed runs left does not stop the next, and goes.
    write_geopackage(path, package.layers(), metadata=package.metadata, overwrite=True)
    assert read_metadata(path) == package.metadata
    assert [other.name for other in path.parent.iterdir()] == [path.name]
