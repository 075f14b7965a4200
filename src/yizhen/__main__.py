"""``python -m yizhen``."""

from yizhen.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
