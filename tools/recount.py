"""Write the recount kit of the demo's finished campaign to docs/recount/demo.json. ``make recount``.

Makes the fictional city in a temporary folder. The marks are seeded; receipts are random, so every run writes another
file. Every place and person is fictional.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "recount" / "demo.json"


def main() -> int:
    """Make the demo, write the kit, recount it with the stand-alone program."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"YIZHEN_DATA": folder, "DJANGO_SETTINGS_MODULE": "yizhen.config.settings"}
        made = [sys.executable, "-m", "yizhen", "--data", folder, "demo", "--no-serve"]
        subprocess.run(made, check=True, capture_output=True)
        import django

        django.setup()
        from yizhen.appraisals import recount
        from yizhen.appraisals.kit import public_kit
        from yizhen.appraisals.models import Campaign

        TARGET.parent.mkdir(exist_ok=True)
        TARGET.write_bytes(public_kit(Campaign.objects.get(previous=None)))
        return subprocess.run([sys.executable, "-I", "-S", recount.__file__, str(TARGET)], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
