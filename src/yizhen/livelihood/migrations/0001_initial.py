"""The tables of the room."""

import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from yizhen.audit.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("indicators", "0032_kept_with_approvals"),
        ("people", "0004_integrity"),
        ("places", "0030_calendars"),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Facility",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    ("name_zh", models.CharField(max_length=60, verbose_name="名称")),
                    ("name_en", models.CharField(blank=True, max_length=120, verbose_name="英文名称")),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="places.division",
                            verbose_name="乡镇（街道）",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("sewage", "污水处理设施"),
                                ("waste", "垃圾分类、转运设施"),
                                ("school", "学校、幼儿园"),
                                ("health", "卫生院、医院"),
                                ("elderly", "养老、助餐设施"),
                                ("culture", "文化体育设施"),
                                ("jobs", "就业服务点"),
                                ("other", "其他公共设施"),
                            ],
                            max_length=12,
                            verbose_name="类别",
                        ),
                    ),
                    (
                        "capacity",
                        models.DecimalField(
                            decimal_places=2,
                            max_digits=12,
                            validators=[django.core.validators.MinValueValidator(Decimal("0.01"))],
                            verbose_name="设计能力",
                        ),
                    ),
                    (
                        "capacity_unit",
                        models.CharField(max_length=16, verbose_name="能力的单位（如：吨/日、张、人/日）"),
                    ),
                    (
                        "counts_people",
                        models.BooleanField(default=False, verbose_name="使用量数的是人（小于 5 不显示）"),
                    ),
                    ("opened_on", models.DateField(verbose_name="投用日期")),
                    ("closed_on", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                    (
                        "indicator",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="indicators.indicator",
                            verbose_name="对应的指标",
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
                            verbose_name="主管部门",
                        ),
                    ),
                    ("source", models.CharField(max_length=120, verbose_name="数据来源")),
                    ("version", models.PositiveIntegerField(default=0)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "verbose_name_plural": "facilities",
                    "ordering": ["division", "kind", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("capacity__gt", 0)), name="facility_can_do_something"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("closed_on", None), ("closed_on__gte", models.F("opened_on")), _connector="OR"
                            ),
                            name="facility_closes_after_it_opened",
                            violation_error_message="停用日期不能早于投用日期。",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="FacilityUse",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "facility",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="livelihood.facility"
                        ),
                    ),
                    ("period", models.CharField(max_length=8, verbose_name="周期（如 2026-03、2026Q1、2026）")),
                    (
                        "used",
                        models.DecimalField(
                            decimal_places=2,
                            max_digits=12,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="使用量（与能力同一单位）",
                        ),
                    ),
                    ("source", models.CharField(max_length=120, verbose_name="数据来源")),
                    ("as_of", models.DateField(verbose_name="数据日期")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "ordering": ["facility", "-as_of"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("facility", "period"), name="facility_use_is_entered_once_a_period"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("used__gte", 0)), name="facility_use_is_not_negative"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="UseRule",
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
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("sewage", "污水处理设施"),
                                ("waste", "垃圾分类、转运设施"),
                                ("school", "学校、幼儿园"),
                                ("health", "卫生院、医院"),
                                ("elderly", "养老、助餐设施"),
                                ("culture", "文化体育设施"),
                                ("jobs", "就业服务点"),
                                ("other", "其他公共设施"),
                            ],
                            max_length=12,
                            verbose_name="类别",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField()),
                    (
                        "low",
                        models.DecimalField(
                            decimal_places=1,
                            max_digits=5,
                            validators=[
                                django.core.validators.MinValueValidator(0),
                                django.core.validators.MaxValueValidator(100),
                            ],
                            verbose_name="低于多少算闲置（%）",
                        ),
                    ),
                    (
                        "high",
                        models.DecimalField(
                            decimal_places=1,
                            max_digits=5,
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(300),
                            ],
                            verbose_name="高于多少算超负荷（%）",
                        ),
                    ),
                    ("basis", models.CharField(max_length=200, verbose_name="依据")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["city", "kind", "-number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("city", "kind", "number"), name="use_rules_are_numbered"),
                        models.CheckConstraint(
                            condition=models.Q(("low__lt", models.F("high"))),
                            name="use_rule_low_is_below_high",
                            violation_error_message="闲置线要低于超负荷线。",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Project",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    ("name_zh", models.CharField(max_length=60, verbose_name="名称")),
                    ("name_en", models.CharField(blank=True, max_length=120, verbose_name="英文名称")),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="places.division",
                            verbose_name="地方",
                        ),
                    ),
                    (
                        "year",
                        models.PositiveSmallIntegerField(
                            validators=[
                                django.core.validators.MinValueValidator(2000),
                                django.core.validators.MaxValueValidator(2099),
                            ],
                            verbose_name="年度",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("sewage", "污水管网"),
                                ("waste", "垃圾分类"),
                                ("housing", "老旧小区"),
                                ("road", "道路"),
                                ("school", "学校、幼儿园"),
                                ("health", "卫生院、医院"),
                                ("elderly", "养老助残"),
                                ("culture", "文化体育"),
                                ("jobs", "就业"),
                                ("other", "其他民生实事"),
                            ],
                            max_length=12,
                            verbose_name="类别",
                        ),
                    ),
                    ("what", models.CharField(max_length=600, verbose_name="做什么、做多少")),
                    (
                        "lead_unit",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="people.unit",
                            verbose_name="牵头部门",
                        ),
                    ),
                    (
                        "acceptance_unit",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="people.unit",
                            verbose_name="验收部门",
                        ),
                    ),
                    (
                        "budget",
                        models.DecimalField(
                            decimal_places=2,
                            max_digits=12,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="预算（万元）",
                        ),
                    ),
                    ("money_source", models.CharField(max_length=120, verbose_name="资金来源")),
                    (
                        "indicator",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="indicators.indicator",
                            verbose_name="要补的短板指标",
                        ),
                    ),
                    (
                        "stage",
                        models.CharField(
                            choices=[
                                ("candidate", "candidate"),
                                ("listed", "listed"),
                                ("building", "building"),
                                ("reported", "reported"),
                                ("accepted", "accepted"),
                                ("dropped", "dropped"),
                            ],
                            default="candidate",
                            max_length=12,
                        ),
                    ),
                    ("started_on", models.DateField(blank=True, null=True)),
                    ("reported_on", models.DateField(blank=True, null=True)),
                    ("accepted_on", models.DateField(blank=True, null=True)),
                    ("drop_reason", models.CharField(blank=True, max_length=300)),
                    ("public", models.BooleanField(default=False)),
                    ("version", models.PositiveIntegerField(default=0)),
                    (
                        "registered_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("registered_at", models.DateTimeField()),
                    (
                        "reported_by",
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
                    "ordering": ["division", "-year", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("lead_unit", None),
                                ("acceptance_unit", None),
                                models.Q(("lead_unit", models.F("acceptance_unit")), _negated=True),
                                _connector="OR",
                            ),
                            name="livelihood_acceptance_is_by_another_unit",
                            violation_error_message="验收部门不能就是牵头部门。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("budget__gte", 0)), name="livelihood_budget_is_not_negative"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("stage", "candidate"), _negated=True), ("public", False), _connector="OR"
                            ),
                            name="livelihood_candidate_is_not_public",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("stage", "accepted"), _negated=True),
                                models.Q(
                                    ("accepted_on__isnull", False),
                                    ("reported_on__isnull", False),
                                    ("started_on__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="livelihood_accepted_has_its_dates",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("stage", "dropped"), _negated=True),
                                models.Q(("drop_reason", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="livelihood_dropped_says_why",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Milestone",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "project",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="milestones",
                            to="livelihood.project",
                        ),
                    ),
                    ("name", models.CharField(max_length=60, verbose_name="节点")),
                    ("first_on", models.DateField()),
                    ("planned_on", models.DateField(verbose_name="计划日期")),
                    ("actual_on", models.DateField(blank=True, null=True, verbose_name="实际日期")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "ordering": ["planned_on", "pk"],
                },
            ),
            migrations.CreateModel(
                name="Delay",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "milestone",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="delays",
                            to="livelihood.milestone",
                        ),
                    ),
                    ("old_on", models.DateField()),
                    ("new_on", models.DateField(blank=True, null=True, verbose_name="新的日期")),
                    ("reason", models.CharField(max_length=300, verbose_name="原因")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="delay_says_why")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Payment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "project",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payments",
                            to="livelihood.project",
                        ),
                    ),
                    (
                        "amount",
                        models.DecimalField(decimal_places=2, max_digits=12, verbose_name="金额（万元，冲正填负数）"),
                    ),
                    ("paid_on", models.DateField(verbose_name="支付日期")),
                    ("source", models.CharField(max_length=120, verbose_name="凭证或者来源")),
                    (
                        "reason",
                        models.CharField(blank=True, max_length=300, verbose_name="原因（超过预算或者冲正时必填）"),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["paid_on", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("amount__gt", 0),
                                models.Q(("amount__lt", 0), models.Q(("reason", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="payment_correction_says_why",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Photo",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "project",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="livelihood.project"
                        ),
                    ),
                    (
                        "milestone",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="photos",
                            to="livelihood.milestone",
                        ),
                    ),
                    (
                        "moment",
                        models.CharField(
                            choices=[("before", "实施前"), ("during", "实施中"), ("after", "完成后")],
                            max_length=8,
                            verbose_name="什么时候拍的",
                        ),
                    ),
                    ("caption", models.CharField(max_length=80, verbose_name="说明")),
                    ("file", models.FileField(upload_to="livelihood/%Y/%m/")),
                    ("thumbnail", models.FileField(upload_to="livelihood/%Y/%m/")),
                    ("size", models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)])),
                    ("sha256", models.CharField(max_length=64)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    ("withdrawn", models.CharField(blank=True, max_length=200)),
                ],
                options={
                    "ordering": ["pk"],
                },
            ),
            migrations.CreateModel(
                name="Acceptance",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "project",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="acceptances",
                            to="livelihood.project",
                        ),
                    ),
                    ("passed", models.BooleanField()),
                    ("text", models.CharField(max_length=400, verbose_name="查了什么、怎样查的")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("text", ""), _negated=True), name="acceptance_says_what_was_seen"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Verdict",
                fields=[
                    ("client_id", models.CharField(editable=False, max_length=40, primary_key=True, serialize=False)),
                    (
                        "project",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="verdicts",
                            to="livelihood.project",
                        ),
                    ),
                    (
                        "answer",
                        models.CharField(
                            choices=[("good", "办好了"), ("partly", "办了，还差一点"), ("poor", "没办好")], max_length=8
                        ),
                    ),
                    ("day", models.DateField()),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("answer__in", ["good", "partly", "poor"])),
                            name="verdict_is_one_of_three",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Vote",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="places.division",
                            verbose_name="哪一级人大",
                        ),
                    ),
                    ("body", models.CharField(max_length=80, verbose_name="会议")),
                    ("held_on", models.DateField(verbose_name="票决日期")),
                    (
                        "seats",
                        models.PositiveSmallIntegerField(
                            validators=[django.core.validators.MinValueValidator(1)], verbose_name="每张票最多选几项"
                        ),
                    ),
                    (
                        "entitled",
                        models.PositiveIntegerField(
                            validators=[django.core.validators.MinValueValidator(1)], verbose_name="应到代表（人）"
                        ),
                    ),
                    ("present", models.PositiveIntegerField(verbose_name="实到代表（人）")),
                    ("ballots", models.PositiveIntegerField(verbose_name="收回表决票（张）")),
                    ("invalid", models.PositiveIntegerField(default=0, verbose_name="其中无效（张）")),
                    ("minutes", models.CharField(max_length=120, verbose_name="会议纪要（文号或者名称）")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["-held_on", "-pk"],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("seats__gt", 0)), name="vote_chooses_something"),
                        models.CheckConstraint(
                            condition=models.Q(("present__lte", models.F("entitled"))),
                            name="vote_present_are_entitled",
                            violation_error_message="实到不能多于应到。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("ballots__lte", models.F("present"))),
                            name="vote_ballots_are_of_those_present",
                            violation_error_message="收回的票不能多于实到代表。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("invalid__lte", models.F("ballots"))),
                            name="vote_invalid_are_ballots",
                            violation_error_message="无效票不能多于收回的票。",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Tally",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "vote",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="tallies", to="livelihood.vote"
                        ),
                    ),
                    (
                        "project",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="tallies", to="livelihood.project"
                        ),
                    ),
                    ("votes", models.PositiveIntegerField()),
                    ("chosen", models.BooleanField()),
                ],
                options={
                    "ordering": ["vote", "project"],
                    "constraints": [models.UniqueConstraint(fields=("vote", "project"), name="tally_is_entered_once")],
                },
            ),
        ),
    ]
