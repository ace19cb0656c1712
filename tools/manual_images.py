"""Puts those pictures of build/screenshots that the manual shows into docs/manual/images, cut to what the text speaks of, in few colours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tools import environment
from tools.manual import IMAGES, SOURCES

SHOTS = environment.BUILD / "screenshots"
WHOLE = {"classify": "2-classify-moves", "check": "20-check-hatched"}
"""Image of the manual → picture, shown with the map beside the dock."""
PARTS = {
    "welcome": "45-welcome", "new-plan": "44-new-plan", "import-control": "42-control", "import-table": "43-import-table",
    "overview": "10-overview", "overview-figures": "11-overview-figures", "scenarios": "12-scenarios", "approval": "13-approval",
    "ledger": "16-ledger", "revision": "18-revision", "differences": "46-differences",
    "moves": "2-classify-move-land", "consent": "40-classify-consent", "land": "41-classify-land", "history": "4-classify-undone",
    "check-by-village": "21-check-by-village", "explain": "22-check-explain", "explained": "23-check-explained", "new-or-gone": "26-check-new-or-gone",
    "deliver": "30-deliver-formal", "deliver-written": "33-deliver-written", "inspected": "36-inspected",
}  # fmt: skip
"""Image of the manual → picture, cut to the dialog or dock that was in front."""
COLOURS = 96


def copy_images(shots: Path = SHOTS, images: Path = SOURCES / IMAGES) -> list[Path]:
    """Write the images of the manual anew and take others away; raises FileNotFoundError for a picture that was not taken."""
    parts = json.loads((shots / "parts.json").read_text(encoding="utf-8"))
    images.mkdir(exist_ok=True)
    written = []
    for name, shot in {**WHOLE, **PARTS}.items():
        source, target = shots / f"{shot}.png", images / f"{name}.png"
        if not source.exists():
            raise FileNotFoundError(f"{source}: run `make screenshots` first")
        cut = _cut(parts[shot]) if name in PARTS else []
        subprocess.run(["convert", str(source), *cut, "+dither", "-colors", str(COLOURS), "-strip", f"PNG8:{target}"], check=True)
        written.append(target)
    for other in set(images.glob("*.png")) - set(written):
        other.unlink()
    return written


def _cut(part: list[int]) -> list[str]:
    left, top, width, height = part
    return ["-crop", f"{width}x{height}+{left}+{top}", "+repage"]


def main() -> int:
    """Copy, and print each image with its size in kB."""
    for path in copy_images():
        print(f"{path.relative_to(environment.ROOT)}  {path.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
