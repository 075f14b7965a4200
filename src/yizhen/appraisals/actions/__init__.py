"""The only writers of appraisals, cut by concept."""
