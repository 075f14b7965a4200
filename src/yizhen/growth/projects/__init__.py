"""Investment projects: what they promise, how they are screened, what became of the promises."""
