"""The tables as they stood after all the migrations that this one replaces: a new site makes each table once."""

import django.db.models.deletion
import yizhen.appraisals.models.ballot
import yizhen.appraisals.models.campaign
import yizhen.appraisals.models.session
from django.conf import settings
from django.db import migrations, models

from yizhen.audit.tables import CreateTables


class Migration(migrations.Migration):
    replaces = [
        ("appraisals", "0001_initial"),
        ("appraisals", "0002_firmness"),
        ("appraisals", "0003_hall"),
        ("appraisals", "0004_badges"),
        ("appraisals", "0005_common_tasks"),
        ("appraisals", "0006_results"),
        ("appraisals", "0007_kit_confirmations"),
        ("appraisals", "0008_rehearsals"),
        ("appraisals", "0009_paper_only_rounds"),
    ]

    initial = True

    dependencies = [
        ("indicators", "0001_whole_0032"),
        ("matters", "0001_whole_0103"),
        ("people", "0002_relations"),
        ("places", "0030_calendars"),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Campaign",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("title", models.CharField(max_length=80)),
                    ("kind", models.CharField(max_length=24)),
                    ("period", models.CharField(max_length=24)),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="campaigns", to="places.division"
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("draft", "draft"),
                                ("published", "published"),
                                ("in_session", "in_session"),
                                ("counted", "counted"),
                                ("issued", "issued"),
                            ],
                            default=yizhen.appraisals.models.campaign.CampaignState["DRAFT"],
                            max_length=12,
                        ),
                    ),
                    ("config", models.JSONField()),
                    ("config_hash", models.CharField(blank=True, max_length=64)),
                    ("published_at", models.DateTimeField(blank=True, null=True)),
                    ("reports_due_on", models.DateField(blank=True, null=True)),
                    ("session_on", models.DateField(blank=True, null=True)),
                    (
                        "previous",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="next_ones",
                            to="appraisals.campaign",
                        ),
                    ),
                    (
                        "created_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    (
                        "issued_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("issued_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "token",
                        models.CharField(
                            default=yizhen.appraisals.models.campaign.new_token, max_length=12, unique=True
                        ),
                    ),
                    (
                        "is_rehearsal",
                        models.BooleanField(
                            default=False, help_text="in no list, never counted, deleted when it is over"
                        ),
                    ),
                ],
                options={
                    "ordering": ["-pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("config_hash", ""), ("state", "draft")),
                                models.Q(
                                    models.Q(("state", "draft"), _negated=True),
                                    models.Q(("config_hash", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="campaign_published_is_hashed",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("previous__isnull", True),
                                models.Q(("previous", models.F("id")), _negated=True),
                                _connector="OR",
                            ),
                            name="campaign_is_not_its_own_predecessor",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="KitConfirmation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "campaign",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="kit_confirmations",
                            to="appraisals.campaign",
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("by_label", models.CharField(max_length=60)),
                    ("digest", models.CharField(max_length=64)),
                    ("at", models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    "ordering": ["at"],
                    "constraints": [
                        models.UniqueConstraint(fields=("campaign", "by", "digest"), name="kit_confirmed_once_by_each")
                    ],
                },
            ),
            migrations.CreateModel(
                name="RollEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "campaign",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="roll", to="appraisals.campaign"
                        ),
                    ),
                    ("class_code", models.CharField(max_length=8)),
                    ("label", models.CharField(max_length=60)),
                    ("badge", models.CharField(default=yizhen.appraisals.models.campaign.new_badge, max_length=8)),
                    ("present", models.BooleanField(default=False)),
                    ("card_handed_out", models.BooleanField(default=False)),
                ],
                options={
                    "verbose_name_plural": "roll entries",
                    "ordering": ["class_code", "label"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("campaign", "class_code", "label"), name="roll_names_each_once"
                        ),
                        models.UniqueConstraint(fields=("campaign", "badge"), name="roll_badges_differ"),
                        models.CheckConstraint(
                            condition=models.Q(("card_handed_out", False), ("present", True), _connector="OR"),
                            name="roll_card_only_to_the_present",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Round",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "campaign",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="appraisals.campaign"
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField(default=1)),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("prepared", "prepared"),
                                ("open", "open"),
                                ("closed", "closed"),
                                ("counted", "counted"),
                                ("void", "void"),
                            ],
                            default="prepared",
                            max_length=10,
                        ),
                    ),
                    (
                        "replaces",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="replaced_by",
                            to="appraisals.round",
                        ),
                    ),
                    ("public_key", models.CharField(blank=True, help_text="hex", max_length=64)),
                    (
                        "paper_only",
                        models.BooleanField(
                            default=False, help_text="all classes vote on paper: nothing is sealed to a key"
                        ),
                    ),
                    ("holders", models.JSONField(blank=True, default=list)),
                    ("layout", models.JSONField(default=dict)),
                    ("opened_at", models.DateTimeField(blank=True, null=True)),
                    ("closed_at", models.DateTimeField(blank=True, null=True)),
                    ("root", models.CharField(blank=True, max_length=64)),
                    ("firmness", models.JSONField(blank=True, null=True)),
                    ("statistics", models.JSONField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["campaign", "-number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("campaign", "number"), name="round_numbers_differ"),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "open")), fields=("campaign",), name="round_one_open_at_a_time"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state", "prepared"),
                                ("paper_only", True),
                                models.Q(("public_key", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="round_open_has_key",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Card",
                fields=[
                    (
                        "id",
                        models.BigIntegerField(
                            default=yizhen.appraisals.models.ballot.random_id, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "round",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="cards", to="appraisals.round"
                        ),
                    ),
                    ("class_code", models.CharField(max_length=8)),
                    ("code_hash", models.CharField(max_length=64, unique=True)),
                    (
                        "state",
                        models.CharField(
                            choices=[("fresh", "fresh"), ("used", "used"), ("revoked", "revoked")],
                            default="fresh",
                            max_length=8,
                        ),
                    ),
                ],
                options={
                    "ordering": ["code_hash"],
                },
            ),
            migrations.CreateModel(
                name="OpenedSheet",
                fields=[
                    (
                        "id",
                        models.BigIntegerField(
                            default=yizhen.appraisals.models.ballot.random_id, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "round",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="opened_sheets",
                            to="appraisals.round",
                        ),
                    ),
                    ("class_code", models.CharField(max_length=8)),
                    ("marks", models.JSONField(default=dict)),
                    ("void_reason", models.CharField(blank=True, max_length=40)),
                ],
                options={
                    "ordering": ["id"],
                },
            ),
            migrations.CreateModel(
                name="PaperSheet",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "round",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="paper_sheets",
                            to="appraisals.round",
                        ),
                    ),
                    ("class_code", models.CharField(max_length=8)),
                    ("number", models.PositiveSmallIntegerField()),
                    ("marks", models.JSONField(blank=True, null=True)),
                    ("void_reason", models.CharField(blank=True, max_length=40)),
                    ("settled", models.BooleanField(default=False)),
                ],
                options={
                    "ordering": ["class_code", "number"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("round", "class_code", "number"), name="paper_sheet_numbers_differ"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("settled", False),
                                ("marks__isnull", False),
                                models.Q(("void_reason", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="paper_settled_is_marked_or_void",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PaperEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "sheet",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entries",
                            to="appraisals.papersheet",
                        ),
                    ),
                    ("turn", models.PositiveSmallIntegerField()),
                    ("marks", models.JSONField()),
                    ("void_reason", models.CharField(blank=True, max_length=40)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "paper entries",
                    "ordering": ["sheet", "turn"],
                    "constraints": [
                        models.UniqueConstraint(fields=("sheet", "turn"), name="paper_entry_once_a_turn"),
                        models.UniqueConstraint(
                            condition=models.Q(("turn__lte", 2)),
                            fields=("sheet", "by"),
                            name="paper_entry_by_two_people",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("turn__gte", 1), ("turn__lte", 3)), name="paper_entry_turns"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RoundClass",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "round",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="classes", to="appraisals.round"
                        ),
                    ),
                    ("code", models.CharField(max_length=8)),
                    ("paper", models.BooleanField(default=False)),
                    ("entitled", models.PositiveIntegerField()),
                    ("present", models.PositiveIntegerField()),
                    ("issued", models.PositiveIntegerField()),
                    ("returned", models.PositiveIntegerField(blank=True, null=True)),
                    ("void", models.PositiveIntegerField(blank=True, null=True)),
                ],
                options={
                    "verbose_name_plural": "round classes",
                    "ordering": ["round", "code"],
                    "constraints": [
                        models.UniqueConstraint(fields=("round", "code"), name="round_class_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("issued__lte", models.F("present")), ("present__lte", models.F("entitled"))
                            ),
                            name="round_class_counts_fit",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SealedOpinion",
                fields=[
                    (
                        "id",
                        models.BigIntegerField(
                            default=yizhen.appraisals.models.ballot.random_id, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "round",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="sealed_opinions",
                            to="appraisals.round",
                        ),
                    ),
                    ("sealed", models.BinaryField(max_length=4096)),
                    ("fingerprint", models.CharField(max_length=64, unique=True)),
                ],
                options={
                    "ordering": ["fingerprint"],
                },
            ),
            migrations.CreateModel(
                name="SealedSheet",
                fields=[
                    (
                        "id",
                        models.BigIntegerField(
                            default=yizhen.appraisals.models.ballot.random_id, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "round",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="sealed_sheets",
                            to="appraisals.round",
                        ),
                    ),
                    ("class_code", models.CharField(max_length=8)),
                    ("sealed", models.BinaryField(max_length=8192)),
                    ("receipt", models.CharField(max_length=64, unique=True)),
                ],
                options={
                    "ordering": ["receipt"],
                },
            ),
            migrations.CreateModel(
                name="Speaker",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "campaign",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="speakers",
                            to="appraisals.campaign",
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    (
                        "unit",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="people.unit",
                        ),
                    ),
                    (
                        "official",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="people.official",
                        ),
                    ),
                    ("title", models.CharField(max_length=60)),
                    ("batch", models.PositiveSmallIntegerField(default=1)),
                    ("position", models.PositiveSmallIntegerField(blank=True, null=True)),
                    ("heard", models.BooleanField(default=False)),
                ],
                options={
                    "ordering": ["campaign", models.OrderBy(models.F("position"), nulls_last=True), "division"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("unit__isnull", True)),
                            fields=("campaign", "division"),
                            name="speaker_place_reports_once",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("unit__isnull", False)),
                            fields=("campaign", "unit"),
                            name="speaker_unit_reports_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("official__isnull", False), ("unit__isnull", False), _connector="OR"),
                            name="speaker_is_person_or_unit",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("position__isnull", False)),
                            fields=("campaign", "position"),
                            name="speaker_positions_differ",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Conflict",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "speaker",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="conflicts",
                            to="appraisals.speaker",
                        ),
                    ),
                    ("party", models.CharField(max_length=60)),
                    (
                        "reason",
                        models.CharField(
                            choices=[
                                ("self", "本人"),
                                ("own_unit", "本单位"),
                                ("relative", "已申报的亲属"),
                                ("declared", "本人申报回避"),
                            ],
                            max_length=12,
                        ),
                    ),
                    ("pinned", models.BooleanField(default=False)),
                    ("overridden", models.BooleanField(default=False)),
                    ("note", models.CharField(blank=True, max_length=200)),
                    ("by_label", models.CharField(max_length=60)),
                    ("at", models.DateTimeField(auto_now=True)),
                ],
                options={
                    "ordering": ["speaker", "party"],
                    "constraints": [
                        models.UniqueConstraint(fields=("speaker", "party"), name="conflict_decided_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("overridden", False), models.Q(("note", ""), _negated=True), _connector="OR"
                            ),
                            name="conflict_override_has_note",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("pinned", False), ("overridden", False), _connector="OR"),
                            name="conflict_pinned_or_overridden",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DutyReport",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "speaker",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE, related_name="report", to="appraisals.speaker"
                        ),
                    ),
                    ("submitted_at", models.DateTimeField(blank=True, null=True)),
                    ("remark", models.CharField(blank=True, max_length=400)),
                ],
            ),
            migrations.CreateModel(
                name="Finding",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "report",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="findings",
                            to="appraisals.dutyreport",
                        ),
                    ),
                    ("section", models.CharField(max_length=24)),
                    ("claim", models.CharField(max_length=200)),
                    (
                        "outcome",
                        models.CharField(
                            choices=[("agrees", "属实"), ("differs", "与报告不符"), ("not_seen", "未能核实")],
                            max_length=10,
                        ),
                    ),
                    ("text", models.CharField(max_length=400)),
                    ("seen_on", models.DateField()),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("by_label", models.CharField(max_length=60)),
                ],
                options={
                    "ordering": ["section", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("claim", ""), _negated=True), models.Q(("text", ""), _negated=True)
                            ),
                            name="finding_says_what_was_seen",
                        ),
                        models.UniqueConstraint(fields=("report", "claim", "text"), name="finding_is_entered_once"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LeaderComment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "speaker",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE, related_name="comment", to="appraisals.speaker"
                        ),
                    ),
                    ("strengths", models.CharField(blank=True, max_length=800)),
                ],
            ),
            migrations.CreateModel(
                name="Objection",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "speaker",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="objection",
                            to="appraisals.speaker",
                        ),
                    ),
                    ("text", models.CharField(max_length=800)),
                    (
                        "filed_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("filed_at", models.DateTimeField()),
                    ("due_on", models.DateField()),
                    ("clock", models.JSONField()),
                    (
                        "made_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "issued_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[("filed", "等待决定"), ("upheld", "异议成立"), ("dismissed", "异议不成立")],
                            default="filed",
                            max_length=10,
                        ),
                    ),
                    ("decision", models.CharField(blank=True, max_length=800)),
                    (
                        "decided_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("decided_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["due_on", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("text", ""), _negated=True), name="objection_says_something"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("decided_at__isnull", True),
                                    ("decided_by__isnull", True),
                                    ("decision", ""),
                                    ("state", "filed"),
                                ),
                                models.Q(
                                    ("decided_at__isnull", False),
                                    ("decided_by__isnull", False),
                                    ("state__in", ["upheld", "dismissed"]),
                                    models.Q(("decision", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="objection_is_decided_with_reasons",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("decided_by__isnull", True),
                                models.Q(
                                    models.Q(("decided_by", models.F("filed_by")), _negated=True),
                                    models.Q(
                                        ("made_by__isnull", True),
                                        models.Q(("decided_by", models.F("made_by")), _negated=True),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("issued_by__isnull", True),
                                        models.Q(("decided_by", models.F("issued_by")), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="objection_is_decided_by_others",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Opinion",
                fields=[
                    (
                        "id",
                        models.BigIntegerField(
                            default=yizhen.appraisals.models.ballot.random_id, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "round",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="opinions", to="appraisals.round"
                        ),
                    ),
                    (
                        "speaker",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="opinions",
                            to="appraisals.speaker",
                        ),
                    ),
                    ("text", models.CharField(blank=True, max_length=400)),
                ],
                options={
                    "ordering": ["id"],
                },
            ),
            migrations.CreateModel(
                name="OpinionDecision",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "opinion",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="decisions",
                            to="appraisals.opinion",
                        ),
                    ),
                    (
                        "decision",
                        models.CharField(
                            choices=[("public", "公开"), ("to_person", "只转本人"), ("withheld", "不转达")],
                            max_length=10,
                        ),
                    ),
                    ("text", models.CharField(blank=True, max_length=400)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["-pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("decision", "withheld"), ("text", "")),
                                models.Q(
                                    ("decision__in", ["public", "to_person"]), models.Q(("text", ""), _negated=True)
                                ),
                                _connector="OR",
                            ),
                            name="opinion_decision_has_text_unless_withheld",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Problem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "comment",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="problems",
                            to="appraisals.leadercomment",
                        ),
                    ),
                    ("fact", models.CharField(max_length=400)),
                    ("requirement", models.CharField(max_length=400)),
                    ("owner", models.CharField(max_length=60)),
                    ("due_on", models.DateField()),
                    ("indicator", models.CharField(blank=True, max_length=24)),
                    ("work_line", models.CharField(default="livelihood", max_length=16)),
                    (
                        "matter",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="problem",
                            to="matters.matter",
                        ),
                    ),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("comment", "fact", "requirement"), name="problem_is_named_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("fact", ""), _negated=True), models.Q(("requirement", ""), _negated=True)
                            ),
                            name="problem_has_fact_and_requirement",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Question",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "speaker",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="questions",
                            to="appraisals.speaker",
                        ),
                    ),
                    ("text", models.CharField(max_length=400)),
                    (
                        "source",
                        models.CharField(
                            choices=[
                                ("floor", "会场"),
                                ("leader", "领导"),
                                ("deputy", "两代表一委员"),
                                ("resident", "群众"),
                                ("collected", "会前征集"),
                            ],
                            max_length=12,
                        ),
                    ),
                    ("proposed", models.BooleanField(default=False)),
                    ("dropped", models.BooleanField(default=False)),
                    ("answered", models.BooleanField(default=False)),
                    ("follow_up_on", models.DateField(blank=True, null=True)),
                    ("commitment", models.CharField(blank=True, max_length=400)),
                    ("asked_at", models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    "ordering": ["answered", "proposed", "asked_at"],
                    "constraints": [
                        models.UniqueConstraint(fields=("speaker", "text", "source"), name="question_is_put_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="ReportVersion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "report",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="versions",
                            to="appraisals.dutyreport",
                        ),
                    ),
                    ("number", models.PositiveIntegerField()),
                    ("sections", models.JSONField()),
                    ("sha256", models.CharField(max_length=64)),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("by_label", models.CharField(max_length=60)),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["-number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("report", "number"), name="report_version_numbers_differ")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Result",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "round",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="results", to="appraisals.round"
                        ),
                    ),
                    (
                        "speaker",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="results", to="appraisals.speaker"
                        ),
                    ),
                    ("total", models.DecimalField(decimal_places=3, max_digits=7, null=True)),
                    ("excellent_rate", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                    ("negative_rate", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                    ("counts", models.JSONField()),
                    ("declared", models.JSONField()),
                    ("interval", models.JSONField(null=True)),
                ],
                options={
                    "ordering": ["speaker__position"],
                    "constraints": [
                        models.UniqueConstraint(fields=("round", "speaker"), name="result_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("total__isnull", True),
                                models.Q(("total__gte", 0), ("total__lte", 100)),
                                _connector="OR",
                            ),
                            name="result_total_in_range",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Session",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "campaign",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="session",
                            to="appraisals.campaign",
                        ),
                    ),
                    (
                        "phase",
                        models.CharField(
                            choices=[
                                ("waiting", "waiting"),
                                ("report", "report"),
                                ("questions", "questions"),
                                ("comment", "comment"),
                                ("ballot", "ballot"),
                                ("ballot_closed", "ballot_closed"),
                                ("results", "results"),
                            ],
                            default=yizhen.appraisals.models.session.Phase["WAITING"],
                            max_length=16,
                        ),
                    ),
                    (
                        "speaker",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="appraisals.speaker",
                        ),
                    ),
                    ("ends_at", models.DateTimeField(blank=True, null=True)),
                    ("paused_seconds", models.IntegerField(blank=True, null=True)),
                    ("lot_seed", models.CharField(blank=True, max_length=80)),
                    (
                        "slide",
                        models.CharField(
                            choices=[
                                ("auto", "随会议进程"),
                                ("wifi", "无线网络和手机页"),
                                ("order", "述职次序"),
                                ("agenda", "议程"),
                                ("message", "通知"),
                                ("blank", "空白"),
                            ],
                            default="auto",
                            max_length=8,
                        ),
                    ),
                    ("message", models.CharField(blank=True, max_length=120)),
                    ("wifi", models.JSONField(blank=True, default=dict)),
                    ("phone_questions", models.BooleanField(default=False)),
                    ("version", models.PositiveIntegerField(default=1)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("ends_at__isnull", True), ("paused_seconds__isnull", True), _connector="OR"
                            ),
                            name="session_timer_runs_or_is_paused",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="SessionStep",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "session",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="appraisals.session"
                        ),
                    ),
                    ("number", models.PositiveIntegerField()),
                    ("what", models.CharField(max_length=16)),
                    ("place", models.CharField(blank=True, max_length=60)),
                    ("before", models.JSONField()),
                    ("at", models.DateTimeField(auto_now_add=True)),
                    ("undone_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["-number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("session", "number"), name="session_step_numbers_differ")
                    ],
                },
            ),
            migrations.CreateModel(
                name="SnapshotFigure",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "campaign",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="figures",
                            to="appraisals.campaign",
                        ),
                    ),
                    (
                        "speaker",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="figures", to="appraisals.speaker"
                        ),
                    ),
                    (
                        "indicator",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.indicator"
                        ),
                    ),
                    ("period", models.CharField(max_length=8)),
                    ("content", models.JSONField()),
                    ("sha256", models.CharField(max_length=64)),
                ],
                options={
                    "ordering": ["speaker", "indicator"],
                    "constraints": [
                        models.UniqueConstraint(fields=("speaker", "indicator"), name="snapshot_figure_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="CampaignVersion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "campaign",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="versions",
                            to="appraisals.campaign",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField()),
                    ("content", models.JSONField()),
                    ("sha256", models.CharField(max_length=64)),
                    ("reason", models.CharField(blank=True, max_length=200)),
                    ("by_label", models.CharField(max_length=60)),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["campaign", "number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("campaign", "number"), name="campaign_version_numbers_differ"),
                        models.CheckConstraint(
                            condition=models.Q(("number", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                            name="campaign_version_has_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CommonTask",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "campaign",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="common_tasks",
                            to="appraisals.campaign",
                        ),
                    ),
                    (
                        "matter",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="common_task", to="matters.matter"
                        ),
                    ),
                    ("problems", models.ManyToManyField(related_name="common_tasks", to="appraisals.problem")),
                ],
                options={
                    "ordering": ["pk"],
                },
            ),
        ),
    ]
