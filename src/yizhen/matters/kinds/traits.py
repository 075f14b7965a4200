"""Which steps of the lifecycle a kind knows, and where they lead in it."""

from dataclasses import replace

from yizhen.matters.lifecycle import TRANSITIONS, State, Transition, Verb

from .spec import MatterKind

# How often a review has been asked for before each of its steps, and the clock within which a step is open.
REVIEW_STEPS = {Verb.ASK_FIRST_REVIEW: 0, Verb.UPHOLD_FIRST: 1, Verb.ASK_SECOND_REVIEW: 1, Verb.UPHOLD_SECOND: 2}
LIMITED = {
    Verb.OBJECT: "transfer_objection",
    Verb.ASK_FIRST_REVIEW: "first_review_requestable",
    Verb.ASK_SECOND_REVIEW: "second_review_requestable",
}


def has_trait(transition: Transition, kind: MatterKind) -> bool:
    """Return whether a kind knows a step."""
    if not transition.only:
        return True
    if transition.only == "checks":
        return kind.checks
    if transition.only == "unchecked":
        return not kind.checks
    if transition.only == "filed":
        return kind.entry != State.NEW
    if transition.only == "ordered":
        return kind.entry == State.NEW
    if transition.only == "unreviewed":
        return not kind.reviews
    if transition.only == "lapse":
        return any(Verb.LAPSE in clock.stops for clock in kind.clocks)
    if transition.only == "extension":
        return any(clock.extension for clock in kind.clocks)
    return bool(getattr(kind, transition.only))


def target_of(transition: Transition, kind: MatterKind) -> State:
    """Return the state to which a step leads in a kind: whether its requester has the last word decides."""
    if transition.asks_verdict is not None and kind.asks_verdict:
        return transition.asks_verdict
    return transition.target


def ways_of(kind: MatterKind) -> list[Transition]:
    """Return the rows of the table that matters of a kind can come to, each with the target that it has there."""
    known = [
        replace(row, target=target_of(row, kind), asks_verdict=None) for row in TRANSITIONS if has_trait(row, kind)
    ]
    reached, before = {State(kind.entry)}, 0
    while len(reached) > before:
        before = len(reached)
        reached |= {row.target for row in known if row.source in reached}
    return [row for row in known if row.source in reached]
