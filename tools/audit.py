"""Looks at the zip as the plugin repository does: Bandit calls nothing critical, detect-secrets finds nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tools import environment
from tools.stage import make_zip


def main() -> int:
    """Tell each finding that would have the zip refused; 1 where there is one."""
    with tempfile.TemporaryDirectory(dir=environment.BUILD) as name:
        folder = Path(name)
        unpacked = folder / "zip"
        zipfile.ZipFile(make_zip(environment.STAGED_PLUGINS / "village_planner", folder)).extractall(unpacked)
        found = [
            f"{row['filename']}:{row['line_number']}: {row['test_id']} {row['issue_text']}"
            for row in _told("bandit", "-q", "-r", ".", "-f", "json", folder=unpacked)["results"] if row["issue_severity"] == "HIGH"
        ]  # fmt: skip
        secrets = _told("detect_secrets", "scan", "--all-files", ".", folder=unpacked)["results"]
        found += [f"{file}:{row['line_number']}: {row['type']}" for file, rows in secrets.items() for row in rows]
    print("\n".join(found) or "audit: nothing that the plugin repository would refuse")
    return 1 if found else 0


def _told(module: str, *arguments: str, folder: Path) -> dict:
    """What a tool says as JSON; Bandit ends with 1 where it finds anything at all."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        sys.exit(f"audit: {module} did not run\n{done.stderr}")
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
