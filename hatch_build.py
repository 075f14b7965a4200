"""Build hook: a wheel carries the front-end files and the compiled translations, which git does not."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class YizhenBuildHook(BuildHookInterface):
    """Make what git ignores before the files of the wheel are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch the pinned front-end files with npm and compile the translations."""
        root = Path(self.root)
        sys.path.insert(0, str(root / "tools"))
        try:
            from assets import TARGET, AssetsError, place_assets
            from messages import compile_messages
        finally:
            sys.path.pop(0)
        try:
            place_assets(root, root / TARGET)
        except AssetsError as error:
            self.app.abort(str(error))
        compile_messages(root / "src" / "yizhen")
