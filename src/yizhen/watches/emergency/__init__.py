"""Emergency plans and duty rosters (应急值守)."""
