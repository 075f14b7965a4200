"""Make this checkout importable in the virtual environment and give it the ``yizhen`` command; needs no network."""

import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The two languages in one file let the launcher find its Python by itself, however long or odd the path is.
LAUNCHER = """\
#!/bin/sh
'''exec' "$(dirname "$0")/python" "$0" "$@"
' '''
import sys

from yizhen.cli import main

if __name__ == "__main__":
    sys.exit(main())
"""


def main() -> None:
    """Write the path file and the launcher."""
    Path(sysconfig.get_path("purelib"), "yizhen.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")
    launcher = Path(sysconfig.get_path("scripts"), "yizhen")
    launcher.write_text(LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)


if __name__ == "__main__":
    main()
