"""Pages of the appraisals room, cut as the actions are."""
