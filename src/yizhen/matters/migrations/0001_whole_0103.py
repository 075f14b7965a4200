"""The tables as they stood after all the migrations that this one replaces: a new site makes each table once."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import yizhen.matters.lifecycle
from django.conf import settings
from django.db import migrations, models

from yizhen.audit.tables import CreateTables
from yizhen.matters.grams_table import CreateGrams


class Migration(migrations.Migration):
    replaces = [
        ("matters", "0001_initial"),
        ("matters", "0002_look_backs"),
        ("matters", "0003_notices"),
        ("matters", "0004_addressee"),
        ("matters", "0005_rectification_addressee"),
        ("matters", "0006_whole_lifecycle"),
        ("matters", "0007_clocks_of_old_matters"),
        ("matters", "0020_duties"),
        ("matters", "0040_desk"),
        ("matters", "0050_evidence_places"),
        ("matters", "0051_routing_and_followers"),
        ("matters", "0060_kind_by_second_person"),
        ("matters", "0070_whistle_ratings"),
        ("matters", "0071_exclusions_rates_and_call_backs"),
        ("matters", "0072_grids_and_teams"),
        ("matters", "0080_field_reports"),
        ("matters", "0090_signals"),
        ("matters", "0100_words"),
        ("matters", "0101_indexes"),
        ("matters", "0102_part_reopens"),
        ("matters", "0103_closings"),
    ]

    initial = True

    dependencies = [
        ("people", "0002_relations"),
        ("places", "0030_calendars"),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="FrozenKind",
                fields=[
                    ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                    ("code", models.CharField(max_length=24)),
                    ("spec", models.JSONField()),
                    ("since", models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    "ordering": ["code", "since"],
                },
            ),
            migrations.CreateModel(
                name="Matter",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("number", models.CharField(max_length=20, unique=True)),
                    ("kind", models.CharField(max_length=24)),
                    (
                        "frozen",
                        models.ForeignKey(
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="matters.frozenkind",
                        ),
                    ),
                    (
                        "parent",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="children",
                            to="matters.matter",
                        ),
                    ),
                    ("fields", models.JSONField(blank=True, default=dict)),
                    ("results", models.JSONField(blank=True, default=dict)),
                    ("title", models.CharField(max_length=120)),
                    ("text", models.TextField(max_length=4000)),
                    (
                        "division",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="matters",
                            to="places.division",
                        ),
                    ),
                    (
                        "work_line",
                        models.CharField(
                            choices=[
                                ("development", "development"),
                                ("livelihood", "livelihood"),
                                ("safety", "safety"),
                                ("party_style", "party_style"),
                            ],
                            max_length=16,
                        ),
                    ),
                    (
                        "dispatcher",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="dispatched",
                            to="people.unit",
                        ),
                    ),
                    (
                        "addressee",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="received",
                            to="people.unit",
                        ),
                    ),
                    (
                        "raised_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("follow_hash", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                    ("basis", models.CharField(blank=True, max_length=120)),
                    ("owner", models.CharField(blank=True, max_length=60)),
                    ("accountable", models.CharField(blank=True, max_length=60)),
                    ("source", models.CharField(blank=True, db_index=True, max_length=80)),
                    ("indicator", models.CharField(blank=True, max_length=24)),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("reported", "reported"),
                                ("checked", "checked"),
                                ("filed", "filed"),
                                ("new", "new"),
                                ("handling", "handling"),
                                ("returned", "returned"),
                                ("suspended", "suspended"),
                                ("handled", "handled"),
                                ("verified", "verified"),
                                ("reviewing", "reviewing"),
                                ("closed", "closed"),
                                ("withdrawn", "withdrawn"),
                            ],
                            default=yizhen.matters.lifecycle.State["NEW"],
                            max_length=12,
                        ),
                    ),
                    ("disposition", models.CharField(blank=True, max_length=24)),
                    ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("due_on", models.DateField()),
                    ("warning_on", models.DateField()),
                    ("clock", models.JSONField()),
                    (
                        "done_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("done_on", models.DateField(blank=True, null=True)),
                    (
                        "verified_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("closed_on", models.DateField(blank=True, null=True)),
                    ("look_back_on", models.DateField(blank=True, null=True)),
                    ("reopened", models.PositiveSmallIntegerField(default=0)),
                    ("held_above", models.BooleanField(default=False)),
                    ("review", models.PositiveSmallIntegerField(default=0)),
                    ("client_id", models.CharField(max_length=64, unique=True)),
                ],
                options={
                    "ordering": ["due_on", "number"],
                    "indexes": [
                        models.Index(fields=["division", "state"], name="matters_mat_divisio_b09ea2_idx"),
                        models.Index(fields=["dispatcher", "state"], name="matters_mat_dispatc_df80fa_idx"),
                        models.Index(fields=["addressee", "state"], name="matters_mat_address_8baa7c_idx"),
                        models.Index(fields=["due_on", "number"], name="matters_mat_due_on_2f1b07_idx"),
                        models.Index(fields=["state", "due_on", "number"], name="matters_mat_state_d32312_idx"),
                        models.Index(fields=["kind", "due_on", "number"], name="matters_mat_kind_1744d0_idx"),
                        models.Index(fields=["state", "look_back_on"], name="matters_mat_state_5228af_idx"),
                        models.Index(fields=["opened_at"], name="matters_mat_opened__a17dbc_idx"),
                        models.Index(fields=["division", "kind", "opened_at"], name="matters_mat_divisio_7913a8_idx"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("verified_by__isnull", True),
                                ("done_by__isnull", True),
                                models.Q(("verified_by", models.F("done_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="matter_doer_never_closes",
                            violation_error_message="办理人不得核验自己的事项 · The doer cannot verify",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "closed"), _negated=True),
                                ("verified_by__isnull", False),
                                _connector="OR",
                            ),
                            name="matter_closed_was_verified",
                            violation_error_message="未经核验不得销号 · Not closed without verification",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("look_back_on__isnull", True),
                                models.Q(("look_back_on__gt", models.F("closed_on")), ("state", "closed")),
                                _connector="OR",
                            ),
                            name="matter_look_back_follows_closing",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("kind", "common_problem"), _negated=True),
                                ("addressee__isnull", False),
                                _connector="OR",
                            ),
                            name="matter_common_problem_has_addressee",
                            violation_error_message="共性问题须交给一个部门 · A common problem is addressed to a department",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("parent", models.F("pk")), _negated=True),
                            name="matter_is_not_its_own_parent",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("review__lte", 2)), name="matter_is_reviewed_twice_at_most"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    [
                                        "reported",
                                        "checked",
                                        "filed",
                                        "new",
                                        "handling",
                                        "returned",
                                        "suspended",
                                        "handled",
                                        "verified",
                                        "reviewing",
                                        "closed",
                                        "withdrawn",
                                    ],
                                )
                            ),
                            name="matter_state_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("warning_on__lte", models.F("due_on"))),
                            name="matter_warning_not_after_due",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="NumberSeries",
                fields=[
                    ("prefix", models.CharField(max_length=12, primary_key=True, serialize=False)),
                    ("last", models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name="BulkRun",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("client_id", models.CharField(max_length=64)),
                    (
                        "step",
                        models.CharField(
                            choices=[
                                ("accept", "accept"),
                                ("insist", "insist"),
                                ("withdraw", "withdraw"),
                                ("remind", "remind"),
                            ],
                            max_length=24,
                        ),
                    ),
                    ("text", models.TextField(blank=True, max_length=4000)),
                    ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    "ordering": ["-pk"],
                    "constraints": [
                        models.UniqueConstraint(fields=("by", "client_id"), name="bulk_run_happens_once"),
                        models.CheckConstraint(
                            condition=models.Q(("step__in", ("accept", "insist", "withdraw", "remind"))),
                            name="bulk_step_is_allowed",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CalendarFeed",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="calendar_feeds",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("token_hash", models.CharField(max_length=64, unique=True)),
                    ("issued_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["-pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("revoked_at__isnull", True)),
                            fields=("account",),
                            name="account_has_one_live_feed",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("revoked_at__isnull", True),
                                ("revoked_at__gte", models.F("issued_at")),
                                _connector="OR",
                            ),
                            name="feed_not_revoked_before_issued",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Draw",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "scope",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    ("period", models.CharField(max_length=7)),
                    ("seed", models.CharField(max_length=64)),
                    ("per_township", models.PositiveSmallIntegerField()),
                    ("frame_size", models.PositiveIntegerField()),
                    ("frame_digest", models.CharField(max_length=64)),
                    (
                        "drawn_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("drawn_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["-pk"],
                    "constraints": [
                        models.UniqueConstraint(fields=("scope", "period"), name="call_back_is_drawn_once_a_period"),
                        models.CheckConstraint(
                            condition=models.Q(("per_township__gte", 1)), name="call_back_draws_somebody"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DutyList",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="duty_lists", to="places.division"
                        ),
                    ),
                    ("edition", models.CharField(max_length=40)),
                    ("basis", models.CharField(max_length=120)),
                    ("valid_from", models.DateField()),
                    ("valid_to", models.DateField(blank=True, null=True)),
                    ("in_force", models.BooleanField(default=False)),
                    (
                        "made_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "ordering": ["-valid_from", "-pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("in_force", True)),
                            fields=("division", "edition"),
                            name="duty_list_has_an_edition_once",
                            violation_error_message="这个版本已有 · There is such an edition already",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("in_force", True)),
                            fields=("division", "valid_from"),
                            name="duty_list_begins_once_a_day",
                            violation_error_message="这一天已有一个版本生效 · An edition begins on that day already",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                            ),
                            name="duty_list_ends_after_it_begins",
                            violation_error_message="结束不能早于开始 · It cannot end before it begins",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DutyItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "duty_list",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="items", to="matters.dutylist"
                        ),
                    ),
                    ("code", models.CharField(max_length=24)),
                    ("name_zh", models.CharField(max_length=80)),
                    ("name_en", models.CharField(blank=True, max_length=160)),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("basic", "基本履职事项"),
                                ("cooperating", "配合履职事项"),
                                ("withdrawn", "上级部门收回事项"),
                            ],
                            max_length=12,
                        ),
                    ),
                    (
                        "work_line",
                        models.CharField(
                            choices=[
                                ("development", "促发展"),
                                ("livelihood", "惠民生"),
                                ("safety", "保平安"),
                                ("party_style", "党建作风"),
                            ],
                            max_length=16,
                        ),
                    ),
                    (
                        "lead",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="duty_items",
                            to="people.unit",
                        ),
                    ),
                    ("basis", models.CharField(blank=True, max_length=120)),
                    ("starts_on", models.DateField(blank=True, null=True)),
                    ("ends_on", models.DateField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["code"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("duty_list", "code"),
                            name="duty_item_is_once_in_an_edition",
                            violation_error_message="这个版本里已有这个代码 · This edition has the code already",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["basic", "cooperating", "withdrawn"])),
                            name="duty_item_kind_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("kind", "basic"), ("lead__isnull", True)),
                                models.Q(("kind__in", ["cooperating", "withdrawn"]), ("lead__isnull", False)),
                                _connector="OR",
                            ),
                            name="duty_item_has_its_lead",
                            violation_error_message="基本事项由乡镇牵头，配合和收回事项须有牵头部门 · Townships lead basic items, departments all others",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("starts_on__isnull", True),
                                ("ends_on__isnull", True),
                                ("ends_on__gte", models.F("starts_on")),
                                _connector="OR",
                            ),
                            name="duty_item_ends_after_it_starts",
                            violation_error_message="结束不能早于开始 · It cannot end before it begins",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="AdmissionRequest",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("number", models.CharField(max_length=20, unique=True)),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="admissions", to="places.division"
                        ),
                    ),
                    (
                        "department",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="admissions", to="people.unit"
                        ),
                    ),
                    ("name_zh", models.CharField(max_length=80)),
                    ("name_en", models.CharField(blank=True, max_length=160)),
                    ("purpose", models.CharField(max_length=300)),
                    ("basis", models.CharField(max_length=120)),
                    (
                        "work_line",
                        models.CharField(
                            choices=[
                                ("development", "促发展"),
                                ("livelihood", "惠民生"),
                                ("safety", "保平安"),
                                ("party_style", "党建作风"),
                            ],
                            max_length=16,
                        ),
                    ),
                    ("starts_on", models.DateField()),
                    ("ends_on", models.DateField()),
                    ("minutes", models.PositiveSmallIntegerField()),
                    ("funds", models.DecimalField(decimal_places=2, max_digits=10)),
                    (
                        "state",
                        models.CharField(
                            choices=[("applied", "待审"), ("granted", "准予进入"), ("refused", "不予进入")],
                            default="applied",
                            max_length=8,
                        ),
                    ),
                    (
                        "applied_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("applied_on", models.DateField()),
                    ("lead_clock", models.JSONField()),
                    ("clock", models.JSONField()),
                    ("due_on", models.DateField()),
                    (
                        "decided_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("decided_on", models.DateField(blank=True, null=True)),
                    ("reason", models.CharField(blank=True, max_length=300)),
                    (
                        "item",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="admission",
                            to="matters.dutyitem",
                        ),
                    ),
                    ("client_id", models.CharField(max_length=64, unique=True)),
                ],
                options={
                    "ordering": ["-pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("decided_by__isnull", True),
                                models.Q(("decided_by", models.F("applied_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="admission_is_decided_by_another",
                            violation_error_message="申请人不能审定自己的申请 · The applicant cannot decide",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("decided_by__isnull", True),
                                    ("decided_on__isnull", True),
                                    ("item__isnull", True),
                                    ("state", "applied"),
                                ),
                                models.Q(
                                    ("decided_by__isnull", False),
                                    ("decided_on__isnull", False),
                                    ("item__isnull", False),
                                    ("state", "granted"),
                                ),
                                models.Q(
                                    ("decided_by__isnull", False),
                                    ("decided_on__isnull", False),
                                    ("item__isnull", True),
                                    ("state", "refused"),
                                    models.Q(("reason", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="admission_decision_is_whole",
                            violation_error_message="不予进入须写明理由 · A refusal needs its reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("due_on__gte", models.F("applied_on")),
                                ("ends_on__gte", models.F("starts_on")),
                                ("starts_on__gt", models.F("applied_on")),
                            ),
                            name="admission_days_follow",
                            violation_error_message="开始须在申请之后，结束不早于开始 · It starts after the request and ends after it starts",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("funds__gte", 0), ("minutes__gte", 1)),
                            name="admission_takes_time_and_no_money",
                            violation_error_message="每月至少 1 分钟，经费不能是负数 · At least 1 minute a month, and no negative money",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Event",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "matter",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="events",
                            to="matters.matter",
                        ),
                    ),
                    ("sequence", models.PositiveIntegerField()),
                    (
                        "verb",
                        models.CharField(
                            choices=[
                                ("open", "open"),
                                ("confirm", "confirm"),
                                ("dismiss", "dismiss"),
                                ("file", "file"),
                                ("dispatch", "dispatch"),
                                ("solve_at_once", "solve_at_once"),
                                ("accept", "accept"),
                                ("object", "object"),
                                ("insist", "insist"),
                                ("withdraw", "withdraw"),
                                ("pass_up", "pass_up"),
                                ("ask_extension", "ask_extension"),
                                ("grant_extension", "grant_extension"),
                                ("refuse_extension", "refuse_extension"),
                                ("suspend", "suspend"),
                                ("resume", "resume"),
                                ("report_done", "report_done"),
                                ("send_back", "send_back"),
                                ("pass_verification", "pass_verification"),
                                ("verdict_satisfied", "verdict_satisfied"),
                                ("verdict_unsatisfied", "verdict_unsatisfied"),
                                ("lapse", "lapse"),
                                ("ask_first_review", "ask_first_review"),
                                ("uphold_first", "uphold_first"),
                                ("ask_second_review", "ask_second_review"),
                                ("uphold_second", "uphold_second"),
                                ("overturn", "overturn"),
                                ("look_back_holds", "look_back_holds"),
                                ("look_back_reopens", "look_back_reopens"),
                                ("part_reopens", "part_reopens"),
                            ],
                            max_length=24,
                        ),
                    ),
                    ("from_state", models.CharField(blank=True, max_length=12)),
                    (
                        "to_state",
                        models.CharField(
                            choices=[
                                ("reported", "reported"),
                                ("checked", "checked"),
                                ("filed", "filed"),
                                ("new", "new"),
                                ("handling", "handling"),
                                ("returned", "returned"),
                                ("suspended", "suspended"),
                                ("handled", "handled"),
                                ("verified", "verified"),
                                ("reviewing", "reviewing"),
                                ("closed", "closed"),
                                ("withdrawn", "withdrawn"),
                            ],
                            max_length=12,
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("by_label", models.CharField(max_length=80)),
                    ("text", models.TextField(blank=True, max_length=4000)),
                    ("data", models.JSONField(blank=True, default=dict)),
                    ("client_id", models.CharField(editable=False, max_length=80, null=True, unique=True)),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["matter", "sequence"],
                    "indexes": [models.Index(fields=["to_state", "at"], name="matters_eve_to_stat_99f045_idx")],
                    "constraints": [
                        models.UniqueConstraint(fields=("matter", "sequence"), name="event_sequence_is_unique")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Evidence",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "event",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="matters.event"
                        ),
                    ),
                    ("file", models.FileField(upload_to="evidence/%Y/%m/")),
                    ("name", models.CharField(max_length=120)),
                    ("size", models.PositiveIntegerField()),
                    ("sha256", models.CharField(db_index=True, max_length=64)),
                    ("thumbnail", models.FileField(blank=True, upload_to="thumbnails/%Y/%m/")),
                    ("latitude", models.DecimalField(blank=True, decimal_places=3, max_digits=5, null=True)),
                    ("longitude", models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True)),
                ],
                options={
                    "verbose_name_plural": "evidence",
                    "ordering": ["pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                                models.Q(
                                    ("latitude__isnull", False),
                                    ("latitude__range", (-90, 90)),
                                    ("longitude__isnull", False),
                                    ("longitude__range", (-180, 180)),
                                ),
                                _connector="OR",
                            ),
                            name="evidence_place_is_whole",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="GridPost",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "grid",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="grid_posts", to="places.division"
                        ),
                    ),
                    (
                        "worker",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="grid_posts",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("shown_name", models.CharField(max_length=40)),
                    ("phone", models.CharField(max_length=20)),
                    ("supervision_phone", models.CharField(max_length=20)),
                    ("covers", models.CharField(max_length=160)),
                    ("since", models.DateField()),
                    ("until", models.DateField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["grid", "-since", "-pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("until__isnull", True)),
                            fields=("grid",),
                            name="grid_has_one_worker",
                            violation_error_message="一个网格只有一名网格员 · A grid has one worker",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("until__isnull", True)),
                            fields=("worker",),
                            name="grid_worker_has_one_grid",
                            violation_error_message="一名网格员只管一个网格 · A worker has one grid",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("phone", ""), _negated=True),
                                models.Q(("supervision_phone", ""), _negated=True),
                                models.Q(("shown_name", ""), _negated=True),
                                models.Q(("covers", ""), _negated=True),
                            ),
                            name="grid_post_can_be_reached",
                            violation_error_message="公示的内容都要填 · Everything that is posted must be filled in",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                            ),
                            name="grid_post_ends_after_it_begins",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="GridRefusal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("number", models.CharField(max_length=32, unique=True)),
                    (
                        "grid",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="grid_refusals",
                            to="places.division",
                        ),
                    ),
                    (
                        "unit",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="grid_refusals", to="people.unit"
                        ),
                    ),
                    ("asked", models.CharField(max_length=120)),
                    (
                        "channel",
                        models.CharField(
                            choices=[
                                ("paper", "文件"),
                                ("phone", "电话、口头"),
                                ("chat", "工作群"),
                                ("system", "另一个系统"),
                            ],
                            max_length=8,
                        ),
                    ),
                    ("asked_on", models.DateField()),
                    ("text", models.TextField()),
                    ("refused_on", models.DateField()),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("client_id", models.CharField(max_length=64, unique=True)),
                    ("answer", models.CharField(blank=True, max_length=500)),
                    ("answered_on", models.DateField(blank=True, null=True)),
                    (
                        "answered_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "ordering": ["-pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("channel__in", ["paper", "phone", "chat", "system"])),
                            name="grid_refusal_channel_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("refused_on__gte", models.F("asked_on"))),
                            name="grid_refusal_follows_the_demand",
                            violation_error_message="提要求的日子不能在以后 · The demand cannot lie in the future",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("answer", ""), ("answered_by__isnull", True), ("answered_on__isnull", True)),
                                models.Q(
                                    models.Q(("answer", ""), _negated=True),
                                    ("answered_by__isnull", False),
                                    ("answered_on__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="grid_refusal_answer_is_whole",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="InspectionPlan",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("number", models.CharField(max_length=20, unique=True)),
                    (
                        "kind",
                        models.CharField(
                            choices=[("inspection", "督查检查"), ("assessment", "综合性考核")],
                            default="inspection",
                            max_length=12,
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="inspection_plans",
                            to="places.division",
                        ),
                    ),
                    (
                        "unit",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="inspection_plans",
                            to="people.unit",
                        ),
                    ),
                    ("title", models.CharField(max_length=80)),
                    ("content", models.TextField(max_length=1000)),
                    ("scope", models.CharField(max_length=300)),
                    ("basis", models.CharField(max_length=120)),
                    ("designation", models.CharField(blank=True, max_length=120)),
                    ("starts_on", models.DateField()),
                    ("ends_on", models.DateField()),
                    ("coordination", models.CharField(blank=True, max_length=300)),
                    (
                        "made_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("made_on", models.DateField()),
                    ("cancelled_on", models.DateField(blank=True, null=True)),
                    ("conclusion", models.TextField(blank=True, max_length=2000)),
                    ("concluded_on", models.DateField(blank=True, null=True)),
                    ("client_id", models.CharField(max_length=64, unique=True)),
                    ("townships", models.ManyToManyField(related_name="inspections", to="places.division")),
                ],
                options={
                    "ordering": ["starts_on", "number"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["inspection", "assessment"])),
                            name="inspection_kind_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("unit__isnull", True), models.Q(("designation", ""), _negated=True), _connector="OR"
                            ),
                            name="inspection_by_department_is_designated",
                            violation_error_message="部门须经本级政府指定 · A department must be designated",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("ends_on__gte", models.F("starts_on")), ("starts_on__gte", models.F("made_on"))
                            ),
                            name="inspection_is_planned_before_it_ends",
                            violation_error_message="先有方案再督查，结束不早于开始 · Planned before it starts, and no end before the start",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("concluded_on__isnull", True), ("conclusion", "")),
                                models.Q(
                                    models.Q(("conclusion", ""), _negated=True),
                                    ("cancelled_on__isnull", True),
                                    ("concluded_on__gte", models.F("starts_on")),
                                    ("concluded_on__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="inspection_conclusion_is_whole",
                            violation_error_message="督查开始之后才有结论 · A conclusion comes after the start",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LinkedUnit",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="linked_units",
                            to="places.division",
                        ),
                    ),
                    (
                        "unit",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="linked_places", to="people.unit"
                        ),
                    ),
                    ("basis", models.CharField(max_length=120)),
                    ("since", models.DateField()),
                    ("until", models.DateField(blank=True, null=True)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "ordering": ["division", "unit"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("until__isnull", True)),
                            fields=("division", "unit"),
                            name="linked_unit_is_linked_once",
                            violation_error_message="这个单位已经包联这个地方 · The unit is linked to this place already",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("basis", ""), _negated=True),
                            name="linked_unit_has_its_basis",
                            violation_error_message="请写明依据 · State the basis",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                            ),
                            name="linked_unit_ends_after_it_begins",
                            violation_error_message="结束不能早于开始 · It cannot end before it begins",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="MatterFresh",
                fields=[
                    (
                        "matter",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="fresh",
                            serialize=False,
                            to="matters.matter",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="MatterWords",
                fields=[
                    (
                        "matter",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="words",
                            serialize=False,
                            to="matters.matter",
                        ),
                    ),
                    ("text", models.TextField()),
                ],
                options={
                    "verbose_name_plural": "matter words",
                },
            ),
            migrations.CreateModel(
                name="SealedRecord",
                fields=[
                    (
                        "matter",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="sealed",
                            serialize=False,
                            to="matters.matter",
                        ),
                    ),
                    ("box", models.BinaryField()),
                    ("delete_after", models.DateField(null=True)),
                ],
            ),
            migrations.CreateModel(
                name="WhistleRating",
                fields=[
                    (
                        "matter",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="whistle_rating",
                            serialize=False,
                            to="matters.matter",
                        ),
                    ),
                    (
                        "level",
                        models.PositiveSmallIntegerField(
                            choices=[(5, "非常满意"), (4, "满意"), (3, "基本满意"), (2, "不满意"), (1, "非常不满意")]
                        ),
                    ),
                    ("text", models.CharField(blank=True, max_length=500)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("rated_on", models.DateField()),
                ],
                options={
                    "ordering": ["matter"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("level__gte", 1), ("level__lte", 5)),
                            name="whistle_rating_has_five_levels",
                            violation_error_message="评价分五级 · A rating has five levels",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("level__gte", 3), models.Q(("text", ""), _negated=True), _connector="OR"
                            ),
                            name="whistle_rating_below_three_has_a_reason",
                            violation_error_message="评不满意须写明理由 · A low rating needs its reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LookBack",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "matter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="look_backs", to="matters.matter"
                        ),
                    ),
                    ("spell", models.PositiveSmallIntegerField()),
                    ("number", models.PositiveSmallIntegerField()),
                    ("due_on", models.DateField()),
                    ("looked_on", models.DateField()),
                    ("holds", models.BooleanField()),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "ordering": ["matter", "spell", "number"],
                    "indexes": [models.Index(fields=["looked_on"], name="matters_loo_looked__6f0ec4_idx")],
                    "constraints": [
                        models.UniqueConstraint(fields=("matter", "spell", "number"), name="look_back_is_done_once"),
                        models.UniqueConstraint(fields=("matter", "spell", "looked_on"), name="look_back_is_one_a_day"),
                        models.CheckConstraint(
                            condition=models.Q(("looked_on__gte", models.F("due_on"))),
                            name="look_back_not_before_its_day",
                            violation_error_message="回头看的日子还没有到 · The day of the look-back has not come",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Follower",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "matter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="followers", to="matters.matter"
                        ),
                    ),
                    ("code_hash", models.CharField(max_length=64, unique=True)),
                    ("client_id", models.CharField(max_length=64, unique=True)),
                    ("since", models.DateField()),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("code_hash", ""), _negated=True), name="follower_has_a_code"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="FieldReport",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(max_length=32, unique=True)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "matter",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="field_report",
                            to="matters.matter",
                        ),
                    ),
                    ("digest", models.CharField(max_length=64)),
                    ("seen_at", models.CharField(blank=True, max_length=40)),
                    ("latitude", models.DecimalField(blank=True, decimal_places=4, max_digits=6, null=True)),
                    ("longitude", models.DecimalField(blank=True, decimal_places=4, max_digits=7, null=True)),
                    ("accuracy", models.PositiveIntegerField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("accuracy__isnull", True), ("latitude__isnull", True), ("longitude__isnull", True)
                                ),
                                models.Q(
                                    ("latitude__isnull", False),
                                    ("latitude__range", (-90, 90)),
                                    ("longitude__isnull", False),
                                    ("longitude__range", (-180, 180)),
                                ),
                                _connector="OR",
                            ),
                            name="field_report_place_is_whole",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Exclusion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "matter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="exclusions", to="matters.matter"
                        ),
                    ),
                    (
                        "reason_code",
                        models.CharField(
                            choices=[
                                ("litigation", "已经或者应当通过诉讼、仲裁、纪检监察解决"),
                                ("review_or_disclosure", "已经或者应当通过行政复议、政府信息公开办理"),
                                ("in_petition", "已经进入信访渠道"),
                                ("secret_or_private", "涉及国家秘密、商业秘密、个人隐私"),
                                ("concluded", "已经依法办结，没有新的事实和理由"),
                                ("not_entitled", "依法不属应办，已向诉求人说明"),
                            ],
                            max_length=24,
                        ),
                    ),
                    ("text", models.TextField(max_length=1000)),
                    (
                        "asked_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("asked_on", models.DateField()),
                    (
                        "decided_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("decided_on", models.DateField(null=True)),
                    ("decision_text", models.TextField(blank=True, max_length=1000)),
                    ("granted", models.BooleanField(null=True)),
                    ("appealed_at", models.DateTimeField(null=True)),
                    ("appeal_text", models.TextField(blank=True, max_length=1000)),
                    (
                        "appeal_decided_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("appeal_decided_on", models.DateField(null=True)),
                    ("appeal_decision_text", models.TextField(blank=True, max_length=1000)),
                    ("upheld", models.BooleanField(null=True)),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("granted__isnull", True), ("granted", True), _connector="OR"),
                            fields=("matter",),
                            name="exclusion_is_asked_once_at_a_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "reason_code__in",
                                    [
                                        "litigation",
                                        "review_or_disclosure",
                                        "in_petition",
                                        "secret_or_private",
                                        "concluded",
                                        "not_entitled",
                                    ],
                                )
                            ),
                            name="exclusion_reason_is_listed",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("text", ""), _negated=True), name="exclusion_says_why"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("decided_by__isnull", True),
                                models.Q(("decided_by", models.F("asked_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="exclusion_asker_never_decides",
                            violation_error_message="申请人不得自己批准 · Nobody grants an exclusion to himself",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("decided_by__isnull", True),
                                    ("decided_on__isnull", True),
                                    ("decision_text", ""),
                                    ("granted__isnull", True),
                                ),
                                models.Q(
                                    ("decided_by__isnull", False),
                                    ("decided_on__isnull", False),
                                    ("granted__isnull", False),
                                    models.Q(("decision_text", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="exclusion_decided_is_complete",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("appeal_text", ""), ("appealed_at__isnull", True)),
                                models.Q(
                                    ("appealed_at__isnull", False),
                                    ("granted", True),
                                    ("granted__isnull", False),
                                    models.Q(("appeal_text", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="exclusion_only_a_granted_one_is_appealed",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("appeal_decided_by__isnull", True),
                                    ("appeal_decided_on__isnull", True),
                                    ("upheld__isnull", True),
                                ),
                                models.Q(
                                    ("appeal_decided_by__isnull", False),
                                    ("appeal_decided_on__isnull", False),
                                    ("appealed_at__isnull", False),
                                    ("upheld__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="exclusion_appeal_decided_is_complete",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("appeal_decided_by__isnull", True),
                                models.Q(
                                    models.Q(("appeal_decided_by", models.F("decided_by")), _negated=True),
                                    models.Q(("appeal_decided_by", models.F("asked_by")), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="exclusion_appeal_is_decided_by_a_third",
                            violation_error_message="申请人和批准人不得处理申诉 · An appeal is decided by a third person",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CallBack",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "draw",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="call_backs", to="matters.draw"
                        ),
                    ),
                    (
                        "matter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="call_backs", to="matters.matter"
                        ),
                    ),
                    ("reached", models.BooleanField(null=True)),
                    ("solved", models.BooleanField(null=True)),
                    ("satisfied", models.BooleanField(null=True)),
                    ("text", models.CharField(blank=True, max_length=500)),
                    (
                        "asked_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("asked_on", models.DateField(null=True)),
                ],
                options={
                    "ordering": ["draw", "pk"],
                    "constraints": [
                        models.UniqueConstraint(fields=("draw", "matter"), name="call_back_asks_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("asked_by__isnull", True),
                                    ("asked_on__isnull", True),
                                    ("reached__isnull", True),
                                    ("satisfied__isnull", True),
                                    ("solved__isnull", True),
                                ),
                                models.Q(
                                    ("asked_by__isnull", False),
                                    ("asked_on__isnull", False),
                                    ("reached", False),
                                    ("reached__isnull", False),
                                    ("satisfied__isnull", True),
                                    ("solved__isnull", True),
                                ),
                                models.Q(
                                    ("asked_by__isnull", False),
                                    ("asked_on__isnull", False),
                                    ("reached", True),
                                    ("reached__isnull", False),
                                    ("solved__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="call_back_answer_is_whole",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BulkItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "run",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="items", to="matters.bulkrun"
                        ),
                    ),
                    (
                        "matter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="matters.matter"
                        ),
                    ),
                    ("outcome", models.CharField(default="waiting", max_length=8)),
                    ("why", models.CharField(blank=True, max_length=300)),
                ],
                options={
                    "ordering": ["run", "pk"],
                    "constraints": [
                        models.UniqueConstraint(fields=("run", "matter"), name="bulk_run_holds_a_matter_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("outcome__in", ("waiting", "done")), ("why", "")),
                                models.Q(("outcome", "refused"), models.Q(("why", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="bulk_item_says_why_not",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Accused",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "matter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="accused", to="matters.matter"
                        ),
                    ),
                    (
                        "unit",
                        models.ForeignKey(
                            null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="places.division",
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "accused",
                    "ordering": ["pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("division__isnull", True), ("unit__isnull", False)),
                                models.Q(("division__isnull", False), ("unit__isnull", True)),
                                _connector="OR",
                            ),
                            name="accused_is_a_unit_or_a_place",
                        ),
                        models.UniqueConstraint(fields=("matter", "unit"), name="accused_unit_is_named_once"),
                        models.UniqueConstraint(fields=("matter", "division"), name="accused_place_is_named_once"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="MatterClock",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "matter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="matters.matter"
                        ),
                    ),
                    ("code", models.CharField(max_length=32)),
                    ("spell", models.PositiveSmallIntegerField(default=0)),
                    ("governs", models.BooleanField(default=True)),
                    ("started_on", models.DateField()),
                    ("due_on", models.DateField()),
                    ("due_at", models.DateTimeField(null=True)),
                    ("derivation", models.JSONField()),
                    ("stopped_on", models.DateField(null=True)),
                    ("extended", models.PositiveSmallIntegerField(default=0)),
                ],
                options={
                    "ordering": ["matter", "pk"],
                    "indexes": [models.Index(fields=["due_on", "code"], name="matters_mat_due_on_fa94f1_idx")],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("stopped_on__isnull", True)),
                            fields=("matter", "code"),
                            name="matter_clock_runs_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("due_on__gte", models.F("started_on"))),
                            name="matter_clock_due_not_before_start",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("stopped_on__isnull", True),
                                ("stopped_on__gte", models.F("started_on")),
                                _connector="OR",
                            ),
                            name="matter_clock_stops_not_before_start",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ExtensionRequest",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "clock",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="extensions",
                            to="matters.matterclock",
                        ),
                    ),
                    ("reason", models.TextField(max_length=1000)),
                    (
                        "asked_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("asked_on", models.DateField()),
                    ("due_before", models.DateField()),
                    (
                        "decided_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("decided_on", models.DateField(null=True)),
                    ("granted", models.BooleanField(null=True)),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("granted__isnull", True)),
                            fields=("clock",),
                            name="extension_is_asked_once_at_a_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("asked_on__lte", models.F("due_before"))),
                            name="extension_asked_before_due",
                            violation_error_message="延期须在到期之前申请 · An extension is asked for before the due date",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("decided_by__isnull", True),
                                models.Q(("decided_by", models.F("asked_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="extension_asker_never_decides",
                            violation_error_message="申请人不得自己批准延期 · Nobody grants an extension to himself",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("decided_by__isnull", True),
                                    ("decided_on__isnull", True),
                                    ("granted__isnull", True),
                                ),
                                models.Q(
                                    ("decided_by__isnull", False),
                                    ("decided_on__isnull", False),
                                    ("granted__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="extension_decided_is_complete",
                        ),
                    ],
                },
            ),
            CreateGrams(
                name="MatterGram",
                fields=[
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "gram", "matter_id", blank=True, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    ("gram", models.BigIntegerField()),
                    (
                        "matter",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="matters.matter",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="MicroGrid",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "grid",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="micro_grids",
                            to="places.division",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField()),
                    ("name", models.CharField(max_length=60)),
                    ("covers", models.CharField(max_length=160)),
                    ("households", models.PositiveIntegerField(blank=True, null=True)),
                    ("retired_on", models.DateField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["grid", "number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("grid", "number"), name="micro_grid_number_is_used_once"),
                        models.UniqueConstraint(
                            condition=models.Q(("retired_on__isnull", True)),
                            fields=("grid", "name"),
                            name="micro_grid_name_is_one",
                            violation_error_message="这个网格里已有同名微网格 · The grid has a micro-grid of this name",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="OwnKind",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("code", models.CharField(max_length=24)),
                    ("version", models.PositiveSmallIntegerField(default=1)),
                    ("spec", models.JSONField()),
                    (
                        "state",
                        models.CharField(
                            choices=[("draft", "draft"), ("in_force", "in_force"), ("retired", "retired")],
                            default="draft",
                            max_length=10,
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "put_in_force_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("changed_at", models.DateTimeField(auto_now=True)),
                ],
                options={
                    "ordering": ["code", "-version"],
                    "constraints": [
                        models.UniqueConstraint(fields=("code", "version"), name="own_kind_version_is_unique"),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "draft")), fields=("code",), name="own_kind_has_one_draft"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "in_force")),
                            fields=("code",),
                            name="own_kind_is_in_force_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("state", "draft"), ("put_in_force_by__isnull", False), _connector="OR"),
                            name="own_kind_in_force_by_somebody",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("put_in_force_by__isnull", True),
                                models.Q(("put_in_force_by", models.F("by")), _negated=True),
                                _connector="OR",
                            ),
                            name="own_kind_in_force_by_second_person",
                            violation_error_message="种类须由另一个人启用 · A kind is put in force by a second person",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="KindCase",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "kind",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="cases", to="matters.ownkind"
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField()),
                    ("steps", models.TextField(max_length=2000)),
                    ("state", models.CharField(max_length=12)),
                    ("due_on", models.DateField(null=True)),
                ],
                options={
                    "ordering": ["kind", "number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("kind", "number"), name="kind_case_number_is_unique")
                    ],
                },
            ),
            migrations.CreateModel(
                name="RateWeights",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "city",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    ("response", models.PositiveSmallIntegerField()),
                    ("resolution", models.PositiveSmallIntegerField()),
                    ("satisfaction", models.PositiveSmallIntegerField()),
                    ("source", models.CharField(max_length=120)),
                    (
                        "set_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("set_at", models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    "verbose_name_plural": "rate weights",
                    "ordering": ["city", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "response",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.Value(100), "-", models.F("resolution")
                                        ),
                                        "-",
                                        models.F("satisfaction"),
                                    ),
                                )
                            ),
                            name="rate_weights_sum_to_a_hundred",
                            violation_error_message="三项权重之和须为 100 · The three weights sum to 100",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("source", ""), _negated=True), name="rate_weights_have_a_source"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ReplyTemplate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
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
                    ("kind", models.CharField(blank=True, max_length=24)),
                    ("state", models.CharField(blank=True, max_length=12)),
                    ("verb", models.CharField(blank=True, max_length=24)),
                    ("title", models.CharField(max_length=60)),
                    ("text", models.TextField(max_length=2000)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    "ordering": ["title", "pk"],
                    "constraints": [
                        models.UniqueConstraint(fields=("unit", "title"), name="reply_title_is_once_in_a_department"),
                        models.UniqueConstraint(
                            condition=models.Q(("unit__isnull", True)),
                            fields=("division", "title"),
                            name="reply_title_is_once_in_an_office",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RoutingRuleSet",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "city",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="routing_rule_sets",
                            to="places.division",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField()),
                    (
                        "state",
                        models.CharField(
                            choices=[("draft", "草稿"), ("frozen", "已生效")], default="draft", max_length=8
                        ),
                    ),
                    ("reason", models.CharField(blank=True, max_length=200)),
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
                        "frozen_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("frozen_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["city", "-number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("city", "number"), name="routing_versions_are_numbered"),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "draft")), fields=("city",), name="routing_has_one_draft"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("frozen_at__isnull", True), ("state", "draft")),
                                models.Q(
                                    ("frozen_at__isnull", False),
                                    ("state", "frozen"),
                                    models.Q(("reason", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="routing_in_force_is_reasoned",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RoutingRule",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "rule_set",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="rules",
                            to="matters.routingruleset",
                        ),
                    ),
                    ("order", models.PositiveSmallIntegerField()),
                    ("active", models.BooleanField(default=True)),
                    ("kind", models.CharField(blank=True, max_length=24)),
                    ("work_line", models.CharField(blank=True, max_length=16)),
                    ("place", models.CharField(blank=True, max_length=15)),
                    ("months", models.JSONField(blank=True, default=list)),
                    ("weekdays", models.JSONField(blank=True, default=list)),
                    ("hour_from", models.PositiveSmallIntegerField(blank=True, null=True)),
                    ("hour_to", models.PositiveSmallIntegerField(blank=True, null=True)),
                    ("any_of", models.JSONField(blank=True, default=list)),
                    ("none_of", models.JSONField(blank=True, default=list)),
                    (
                        "unit",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"
                        ),
                    ),
                    ("basis", models.CharField(max_length=200)),
                ],
                options={
                    "ordering": ["rule_set", "order"],
                    "constraints": [
                        models.UniqueConstraint(fields=("rule_set", "order"), name="routing_rules_are_ordered"),
                        models.CheckConstraint(
                            condition=models.Q(("basis", ""), _negated=True), name="routing_rule_has_a_basis"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("hour_from__isnull", True), ("hour_to__isnull", True)),
                                models.Q(
                                    ("hour_from__isnull", False),
                                    ("hour_from__lte", 23),
                                    ("hour_to__isnull", False),
                                    ("hour_to__lte", 24),
                                    models.Q(("hour_from", models.F("hour_to")), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="routing_hours_are_of_a_day",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RoutingCase",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "rule_set",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="cases",
                            to="matters.routingruleset",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField()),
                    ("kind", models.CharField(max_length=24)),
                    ("work_line", models.CharField(max_length=16)),
                    (
                        "place",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    ("on", models.DateField()),
                    (
                        "hour",
                        models.PositiveSmallIntegerField(
                            validators=[
                                django.core.validators.MinValueValidator(0),
                                django.core.validators.MaxValueValidator(23),
                            ]
                        ),
                    ),
                    ("text", models.CharField(max_length=400)),
                    (
                        "expected",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="people.unit",
                        ),
                    ),
                    ("inherited", models.BooleanField(default=False)),
                    ("changed_reason", models.CharField(blank=True, max_length=200)),
                    ("expected_before", models.CharField(blank=True, max_length=24)),
                ],
                options={
                    "ordering": ["rule_set", "number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("rule_set", "number"), name="routing_cases_are_numbered"),
                        models.CheckConstraint(
                            condition=models.Q(("text", ""), _negated=True), name="routing_case_has_words"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("hour__lte", 23)), name="routing_case_hour_is_of_a_day"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SavedSearch",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "owner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="saved_searches",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("name", models.CharField(max_length=40)),
                    ("filters", models.JSONField()),
                    ("more_than", models.PositiveIntegerField(blank=True, null=True)),
                    ("any_red", models.BooleanField(default=False)),
                ],
                options={
                    "verbose_name_plural": "saved searches",
                    "ordering": ["name", "pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("owner", "name"),
                            name="saved_search_has_a_name_of_its_own",
                            violation_error_message="您已经有一个同名的常用查询 · You have a saved search of this name",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="SealedOpening",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "matter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="openings", to="matters.matter"
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("role", models.CharField(max_length=20)),
                    ("purpose", models.CharField(max_length=200)),
                    ("at", models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    "ordering": ["matter", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("purpose", ""), _negated=True), name="sealed_opening_has_a_purpose"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ServiceItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "city",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="service_items",
                            to="places.division",
                        ),
                    ),
                    ("code", models.CharField(max_length=16)),
                    ("name_zh", models.CharField(max_length=80)),
                    ("name_en", models.CharField(blank=True, max_length=160)),
                    (
                        "part",
                        models.CharField(
                            choices=[
                                ("collect", "采集"),
                                ("find", "巡查发现"),
                                ("serve", "上门服务"),
                                ("mediate", "化解"),
                                ("publicise", "宣传"),
                            ],
                            max_length=12,
                        ),
                    ),
                    ("basis", models.CharField(max_length=120)),
                    ("kinds", models.JSONField(blank=True, default=list)),
                    ("since", models.DateField()),
                    ("until", models.DateField(blank=True, null=True)),
                    ("withdrawn_because", models.CharField(blank=True, max_length=200)),
                ],
                options={
                    "ordering": ["city", "code"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("city", "code"),
                            name="service_item_code_is_used_once",
                            violation_error_message="清单里已有这个代码，用过的代码不再用 · The list has used this code already",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("part__in", ["collect", "find", "serve", "mediate", "publicise"])),
                            name="service_item_part_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("basis", ""), _negated=True),
                            name="service_item_has_its_basis",
                            violation_error_message="请写明依据 · State the basis",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("until__isnull", True), ("withdrawn_because", "")),
                                models.Q(
                                    ("until__gte", models.F("since")),
                                    models.Q(("withdrawn_because", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="service_item_is_withdrawn_with_a_reason",
                            violation_error_message="退出清单须写明理由 · An item is withdrawn with a reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Signal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "code",
                        models.CharField(
                            choices=[
                                ("burst", "考核前扎堆办结"),
                                ("last_minute", "压线办结"),
                                ("copied_text", "办结说明雷同"),
                                ("copied_file", "佐证材料雷同"),
                                ("few_channels", "评价来源过于集中"),
                                ("too_flat", "平得不像真的"),
                                ("exclusions", "不计入的比例偏高"),
                                ("reopened", "办结后又重新打开"),
                            ],
                            max_length=16,
                        ),
                    ),
                    ("period", models.CharField(max_length=7)),
                    (
                        "division",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="places.division",
                        ),
                    ),
                    (
                        "unit",
                        models.ForeignKey(
                            null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"
                        ),
                    ),
                    ("statistic", models.JSONField()),
                    ("found_on", models.DateField()),
                    (
                        "found_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("opens_on", models.DateField()),
                    ("explanation", models.TextField(blank=True, max_length=2000)),
                    (
                        "explained_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("explained_on", models.DateField(null=True)),
                    ("accepted", models.BooleanField(null=True)),
                    ("decision", models.TextField(blank=True, max_length=2000)),
                    (
                        "decided_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("decided_on", models.DateField(null=True)),
                ],
                options={
                    "ordering": ["-period", "code", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("division__isnull", False), ("unit__isnull", True)),
                                models.Q(("division__isnull", True), ("unit__isnull", False)),
                                _connector="OR",
                            ),
                            name="signal_is_of_a_place_or_a_unit",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "code__in",
                                    [
                                        "burst",
                                        "last_minute",
                                        "copied_text",
                                        "copied_file",
                                        "few_channels",
                                        "too_flat",
                                        "exclusions",
                                        "reopened",
                                    ],
                                )
                            ),
                            name="signal_code_is_known",
                        ),
                        models.UniqueConstraint(
                            fields=("code", "period", "division"), name="signal_is_found_once_in_a_place"
                        ),
                        models.UniqueConstraint(
                            fields=("code", "period", "unit"), name="signal_is_found_once_in_a_unit"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("opens_on__gt", models.F("found_on"))),
                            name="signal_opens_after_it_was_found",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("explained_by__isnull", True), ("explained_on__isnull", True), ("explanation", "")
                                ),
                                models.Q(
                                    ("explained_by__isnull", False),
                                    ("explained_on__isnull", False),
                                    models.Q(("explanation", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="signal_explanation_is_whole",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("accepted__isnull", True),
                                    ("decided_by__isnull", True),
                                    ("decided_on__isnull", True),
                                    ("decision", ""),
                                ),
                                models.Q(
                                    ("accepted__isnull", False),
                                    ("decided_by__isnull", False),
                                    ("decided_on__isnull", False),
                                    models.Q(("decision", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="signal_decision_is_whole",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("decided_by__isnull", True),
                                models.Q(
                                    models.Q(
                                        ("explained_by__isnull", True),
                                        models.Q(("decided_by", models.F("explained_by")), _negated=True),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("found_by__isnull", True),
                                        models.Q(("decided_by", models.F("found_by")), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="signal_is_decided_by_a_second_office",
                            violation_error_message="说明的人和计算的人不得认定 · Neither who explained nor who computed it decides",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("decided_on__isnull", True),
                                ("explained_on__isnull", False),
                                ("decided_on__gte", models.F("opens_on")),
                                _connector="OR",
                            ),
                            name="signal_is_decided_after_the_unit_was_heard",
                            violation_error_message="先听单位说明 · The unit is heard first",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SupervisionNotice",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "matter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="matters.matter"
                        ),
                    ),
                    ("spell", models.PositiveSmallIntegerField()),
                    (
                        "colour",
                        models.CharField(
                            choices=[("blue", "blue"), ("orange", "orange"), ("red", "red")], max_length=8
                        ),
                    ),
                    (
                        "follows",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="followed_by",
                            to="matters.supervisionnotice",
                        ),
                    ),
                    ("major_reason", models.CharField(blank=True, max_length=200)),
                    ("issued_on", models.DateField()),
                    ("answer_due_on", models.DateField()),
                    (
                        "issued_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("answer", models.TextField(blank=True, max_length=1000)),
                    ("answered_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "answered_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "ordering": ["issued_on", "pk"],
                    "constraints": [
                        models.UniqueConstraint(fields=("matter", "spell", "colour"), name="notice_is_one_of_a_colour"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("colour", "blue"), ("follows__isnull", True), ("major_reason", "")),
                                models.Q(
                                    ("colour", "orange"),
                                    models.Q(
                                        models.Q(("follows__isnull", False), ("major_reason", "")),
                                        ("follows__isnull", True),
                                        _connector="OR",
                                    ),
                                ),
                                models.Q(("colour", "red"), ("follows__isnull", False), ("major_reason", "")),
                                _connector="OR",
                            ),
                            name="notice_colours_follow",
                            violation_error_message="督办单按蓝、橙、红的次序发 · Blue, then orange, then red",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("colour", "orange"), _negated=True),
                                ("follows__isnull", False),
                                models.Q(("major_reason", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="notice_orange_alone_has_a_reason",
                            violation_error_message="直接发橙色督办单，须写明为什么是重大事项 · Orange at once needs its reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("answer_due_on__gt", models.F("issued_on"))),
                            name="notice_leaves_time_to_answer",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("answer", ""), ("answered_at__isnull", True), ("answered_by__isnull", True)),
                                models.Q(
                                    models.Q(("answer", ""), _negated=True),
                                    ("answered_at__isnull", False),
                                    ("answered_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="notice_answer_is_whole",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Suspension",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "matter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="suspensions", to="matters.matter"
                        ),
                    ),
                    ("reason", models.CharField(max_length=24)),
                    ("first", models.DateField()),
                    ("until", models.DateField(null=True)),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("until__isnull", True)),
                            fields=("matter",),
                            name="matter_is_suspended_once_at_a_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("until__isnull", True), ("until__gte", models.F("first")), _connector="OR"
                            ),
                            name="suspension_ends_after_it_began",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="TaskDuty",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "matter",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="duty", to="matters.matter"
                        ),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="matters.dutyitem"
                        ),
                    ),
                    (
                        "ground",
                        models.CharField(
                            choices=[
                                ("no_list", "no_list"),
                                ("basic", "basic"),
                                ("lead", "lead"),
                                ("not_lead", "not_lead"),
                                ("withdrawn", "withdrawn"),
                                ("outside", "outside"),
                                ("not_in_force", "not_in_force"),
                            ],
                            max_length=16,
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "task duties",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("ground__in", ["basic", "lead"])), name="task_duty_passed_the_gate"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="TaskRefusal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("number", models.CharField(max_length=24, unique=True)),
                    (
                        "matter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="refusals", to="matters.matter"
                        ),
                    ),
                    (
                        "event",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="refusal", to="matters.event"
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="task_refusals",
                            to="places.division",
                        ),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="refusals",
                            to="matters.dutyitem",
                        ),
                    ),
                    (
                        "ground",
                        models.CharField(
                            choices=[
                                ("no_list", "no_list"),
                                ("basic", "basic"),
                                ("lead", "lead"),
                                ("not_lead", "not_lead"),
                                ("withdrawn", "withdrawn"),
                                ("outside", "outside"),
                                ("not_in_force", "not_in_force"),
                            ],
                            max_length=16,
                        ),
                    ),
                    ("text", models.TextField()),
                    ("refused_on", models.DateField()),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "ordering": ["-pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ground", "outside"), ("item__isnull", True)),
                                models.Q(
                                    ("ground__in", ["withdrawn", "not_lead", "not_in_force"]), ("item__isnull", False)
                                ),
                                _connector="OR",
                            ),
                            name="task_refusal_has_a_ground",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="TaskTeam",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "matter",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="teams", to="matters.matter"
                        ),
                    ),
                    (
                        "sort",
                        models.CharField(
                            choices=[
                                ("linked_unit", "包联单位"),
                                ("action_branch", "行动党支部"),
                                ("community_workers", "社区工作者"),
                                ("volunteers", "社区志愿者"),
                                ("social_org", "社会组织"),
                            ],
                            max_length=20,
                        ),
                    ),
                    ("name", models.CharField(max_length=60)),
                    (
                        "unit",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="task_teams",
                            to="people.unit",
                        ),
                    ),
                    ("task", models.CharField(max_length=300)),
                    ("members", models.PositiveSmallIntegerField(blank=True, null=True)),
                    ("formed_on", models.DateField()),
                    (
                        "formed_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("ended_on", models.DateField(blank=True, null=True)),
                    ("result", models.CharField(blank=True, max_length=500)),
                    (
                        "ended_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("ended_on__isnull", True)),
                            fields=("matter", "sort", "name"),
                            name="task_team_is_formed_once",
                            violation_error_message="这支队伍已在这件事项上 · This team is at work on the matter already",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "sort__in",
                                    ["linked_unit", "action_branch", "community_workers", "volunteers", "social_org"],
                                )
                            ),
                            name="task_team_sort_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("sort", "linked_unit"), ("unit__isnull", False)),
                                models.Q(models.Q(("sort", "linked_unit"), _negated=True), ("unit__isnull", True)),
                                _connector="OR",
                            ),
                            name="task_team_of_a_unit_names_it",
                            violation_error_message="包联单位须指明部门，其他队伍不指 · A linked unit names its department, others none",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ended_by__isnull", True), ("ended_on__isnull", True), ("result", "")),
                                models.Q(
                                    ("ended_by__isnull", False),
                                    ("ended_on__gte", models.F("formed_on")),
                                    models.Q(("result", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="task_team_ends_with_its_result",
                            violation_error_message="队伍撤出须写明做成了什么 · A team leaves with what came of it",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("members__isnull", True), ("members__range", (1, 500)), _connector="OR"
                            ),
                            name="task_team_members_are_plausible",
                            violation_error_message="人数在 1 至 500 之间 · Members number 1 to 500",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="VerdictCount",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("unit", models.CharField(max_length=24)),
                    ("day", models.DateField()),
                    ("share", models.PositiveSmallIntegerField()),
                    ("count", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "ordering": ["day", "unit", "share"],
                    "constraints": [
                        models.UniqueConstraint(fields=("unit", "day", "share"), name="verdict_count_is_one_a_share"),
                        models.CheckConstraint(
                            condition=models.Q(("share__lt", 32)), name="verdict_share_is_one_of_32"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="AdmissionTerms",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "division",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="admission_terms",
                            to="places.division",
                        ),
                    ),
                    ("lead_days", models.PositiveSmallIntegerField(default=30)),
                    ("decide_days", models.PositiveSmallIntegerField(default=15)),
                    (
                        "source",
                        models.CharField(
                            default="参照北京市西城区社区工作准入的做法（地方规定，可改）", max_length=120
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "admission terms",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("decide_days__gte", 1),
                                ("lead_days__lte", 250),
                                ("decide_days__lte", models.F("lead_days")),
                            ),
                            name="admission_is_decided_before_work_starts",
                            violation_error_message="审定的天数不能多于提前的天数 · The decision cannot take longer than the notice",
                        )
                    ],
                },
            ),
        ),
    ]
