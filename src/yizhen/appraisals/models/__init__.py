"""Appraisals: campaign, reports, session, ballot, results."""

from .ballot import Card, OpenedSheet, Opinion, Round, RoundClass, SealedOpinion, SealedSheet
from .campaign import Campaign, CampaignState, RollEntry, Speaker
from .objection import Objection
from .opinion import DECISIONS, OpinionDecision
from .report import DutyReport, ReportVersion, SnapshotFigure
from .result import Result
from .session import LeaderComment, Phase, Problem, Question, Session

__all__ = [
    "DECISIONS",
    "Campaign",
    "CampaignState",
    "Card",
    "DutyReport",
    "LeaderComment",
    "Objection",
    "OpenedSheet",
    "Opinion",
    "OpinionDecision",
    "Phase",
    "Problem",
    "Question",
    "ReportVersion",
    "Result",
    "RollEntry",
    "Round",
    "RoundClass",
    "SealedOpinion",
    "SealedSheet",
    "Session",
    "SnapshotFigure",
    "Speaker",
]
