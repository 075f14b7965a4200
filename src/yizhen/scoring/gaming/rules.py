"""The signs that are looked for, and from which sizes on. All numbers are defaults of this project."""

from .compare import Rule

RULES = {
    rule.code: rule
    for rule in (
        Rule("burst", material=0.08, least=8),
        Rule("last_minute", material=0.10),
        Rule("copied_text", fewest=20, material=0.10),
        Rule("copied_file", fewest=15, material=0.12, least=4),
        Rule("few_channels", fewest=60, material=0.08, least=10),
        Rule("too_flat", tail="low", fewest=50, material=0.03, bound=0.01),
        Rule("exclusions", fewest=40, material=0.03, floor=0.01),
        Rule("reopened", fewest=30, material=0.06),
    )
}
