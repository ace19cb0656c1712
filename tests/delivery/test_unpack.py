"""A zip from anybody is opened without harm: nothing leaves the temporary folder, and what is unsafe is reported."""

from __future__ import annotations

import stat
import tempfile
import zipfile
from pathlib import Path

import pytest

from village_planner.base import Cancelled, InputError, SilentFeedback, render
from village_planner.delivery import inspect_package, read_package
from village_planner.delivery.unpack import Limits, open_package


class RawName(zipfile.ZipInfo):
    """A member whose name is written in GBK without the UTF-8 flag, as old Chinese programs do."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 (zipfile's name)
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def zip_of(folder: Path, target: Path, member: type[zipfile.ZipInfo] = zipfile.ZipInfo, inside: bool = True) -> Path:
    """The folder as a zip; inside: the package folder itself is in the zip, else only what is in it."""
    base = folder.parent if inside else folder
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.writestr(member(path.relative_to(base).as_posix(), (2026, 1, 1, 0, 0, 0)), path.read_bytes())
    return target


@pytest.fixture
def archive(clean_package: Path, tmp_path: Path) -> Path:
    """The clean package as a zip."""
    return zip_of(clean_package, tmp_path / "package.zip")


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("member", [zipfile.ZipInfo, RawName])
def test_a_zip_inspects_like_its_folder(clean_package: Path, tmp_path: Path, member: type[zipfile.ZipInfo], inside: bool) -> None:
    inspection = inspect_package(zip_of(clean_package, tmp_path / "a.zip", member, inside))
    assert inspection.findings.empty
    assert inspection.plan_result.findings.empty


@pytest.mark.parametrize("name", ["../evil.txt", "a/../../evil.txt", "/evil-absolute.txt", "C:\\evil.txt", "..\\evil.txt", "\\\\host\\share\\evil.txt"])
def test_a_member_that_leads_out_of_the_package_is_reported_and_not_written(archive: Path, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(archive, "a") as target:
        target.writestr(zipfile.ZipInfo(name), b"evil")
    inspection = inspect_package(archive)
    assert set(inspection.findings["rule"]) == {"PK-02"}
    assert not [path for path in [*tmp_path.rglob("evil*"), Path("/evil-absolute.txt")] if path.exists()]


def test_a_link_in_a_zip_is_reported_and_not_made(archive: Path) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "a") as target:
        target.writestr(link, "/etc/hostname")
    assert set(inspect_package(archive).findings["rule"]) == {"PK-02"}


def test_a_member_that_comes_twice_is_reported(archive: Path) -> None:
    with zipfile.ZipFile(archive, "a") as target:
        first = target.namelist()[0]
        with pytest.warns(UserWarning):
            target.writestr(first, b"other")
    findings = inspect_package(archive).findings
    assert list(findings["message_code"]) == ["delivery.unsafe_twice"]


def test_an_encrypted_member_is_reported(clean_package: Path, archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as source:
        central = source.start_dir
    content[central + 8] |= 1
    archive.write_bytes(bytes(content))
    assert "delivery.unsafe_encrypted" in set(inspect_package(archive).findings["message_code"])


def test_a_damaged_member_is_a_finding(archive: Path) -> None:
    with zipfile.ZipFile(archive) as source:
        info = next(info for info in source.infolist() if info.filename.endswith(".csv"))
    content = bytearray(archive.read_bytes())
    start = info.header_offset + 30 + len(info.filename.encode())
    content[start : start + info.compress_size] = b"\xff" * info.compress_size
    archive.write_bytes(bytes(content))
    assert {"QC-1103", "QC-1101", "PK-01"} == set(inspect_package(archive).findings["rule"])


@pytest.mark.parametrize("limits", [Limits(max_files=2), Limits(max_total_mb=0)])
def test_a_package_beyond_the_limits_is_refused_before_it_is_unpacked(archive: Path, clean_package: Path, limits: Limits) -> None:
    for path in (archive, clean_package):
        with pytest.raises(InputError) as refused, open_package(path, limits, SilentFeedback()):
            pass
        assert refused.value.message.code == "delivery.package_too_big"


def test_nothing_stays_in_the_temporary_folder(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    inspect_package(archive)
    read_package(archive)
    assert list(temporary.iterdir()) == []


def test_a_cut_zip_is_refused_in_words(archive: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[:-30])
    with pytest.raises(InputError) as refused:
        inspect_package(cut)
    assert "cut.zip" in render(refused.value.message)


def test_inspection_of_a_zip_can_be_cancelled(archive: Path) -> None:
    class Stop(SilentFeedback):
        def is_cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        inspect_package(archive, feedback=Stop())
