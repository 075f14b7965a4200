"""The livelihood room: projects that deputies chose, facilities and how they are used, and the gaps that both answer."""
