"""The tables as they stood after all the migrations that this one replaces: a new site makes each table once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yizhen.audit.tables import CreateTables


class Migration(migrations.Migration):
    replaces = [
        ("indicators", "0001_initial"),
        ("indicators", "0002_chance"),
        ("indicators", "0003_forms"),
        ("indicators", "0004_thresholds"),
        ("indicators", "0005_public"),
        ("indicators", "0006_neighbours"),
        ("indicators", "0020_rows_in_chunks"),
        ("indicators", "0021_rows_left"),
        ("indicators", "0030_indices_and_schemes"),
        ("indicators", "0031_period_index"),
        ("indicators", "0032_kept_with_approvals"),
    ]

    initial = True

    dependencies = [
        ("matters", "0001_whole_0103"),
        ("people", "0002_relations"),
        ("places", "0030_calendars"),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="ImportMapping",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("fingerprint", models.CharField(max_length=64)),
                    (
                        "scope",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    (
                        "unit",
                        models.ForeignKey(
                            null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"
                        ),
                    ),
                    ("content", models.JSONField()),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("used_at", models.DateTimeField(auto_now=True)),
                ],
                options={
                    "ordering": ["-used_at"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("fingerprint", "scope", "unit"), name="mapping_of_a_shape_is_one_per_unit"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("unit__isnull", True)),
                            fields=("fingerprint", "scope"),
                            name="mapping_of_a_shape_is_one_per_place",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="IndexDesign",
                fields=[
                    ("code", models.SlugField(max_length=24, primary_key=True, serialize=False)),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="index_designs",
                            to="places.division",
                        ),
                    ),
                    ("name_zh", models.CharField(max_length=60)),
                    ("name_en", models.CharField(max_length=120)),
                    (
                        "created_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    "ordering": ["division", "code"],
                    "constraints": [models.UniqueConstraint(fields=("division", "name_zh"), name="index_names_differ")],
                },
            ),
            migrations.CreateModel(
                name="IndexVersion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "design",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="versions",
                            to="indicators.indexdesign",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField()),
                    ("spec", models.JSONField()),
                    (
                        "state",
                        models.CharField(
                            choices=[("draft", "draft"), ("frozen", "frozen")], default="draft", max_length=8
                        ),
                    ),
                    ("spec_sha256", models.CharField(blank=True, max_length=64)),
                    ("data_sha256", models.CharField(blank=True, max_length=64)),
                    ("data", models.JSONField(blank=True, null=True)),
                    ("result", models.JSONField(blank=True, null=True)),
                    ("reason", models.CharField(blank=True, max_length=200)),
                    (
                        "created_by",
                        models.ForeignKey(
                            blank=True,
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
                    "ordering": ["design", "-number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("design", "number"), name="index_versions_are_numbered"),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "draft")), fields=("design",), name="index_has_one_draft"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("data__isnull", True),
                                    ("frozen_at__isnull", True),
                                    ("spec_sha256", ""),
                                    ("state", "draft"),
                                ),
                                models.Q(
                                    ("data__isnull", False),
                                    ("frozen_at__isnull", False),
                                    ("result__isnull", False),
                                    ("state", "frozen"),
                                    models.Q(("spec_sha256", ""), _negated=True),
                                    models.Q(("data_sha256", ""), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="index_frozen_is_hashed_and_reasoned",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Indicator",
                fields=[
                    ("code", models.SlugField(max_length=24, primary_key=True, serialize=False)),
                    ("name_zh", models.CharField(max_length=60, unique=True)),
                    ("name_en", models.CharField(max_length=120)),
                    (
                        "domain",
                        models.CharField(
                            choices=[
                                ("development", "促一方发展"),
                                ("livelihood", "富一方百姓"),
                                ("safety", "保一方平安"),
                                ("party_style", "党建和作风"),
                            ],
                            max_length=16,
                        ),
                    ),
                    ("unit", models.CharField(max_length=16)),
                    (
                        "direction",
                        models.CharField(
                            choices=[
                                ("up", "越高越好"),
                                ("down", "越低越好"),
                                ("target", "以目标值为好"),
                                ("neutral", "只作背景，不评价"),
                            ],
                            max_length=8,
                        ),
                    ),
                    (
                        "frequency",
                        models.CharField(
                            choices=[
                                ("monthly", "每月"),
                                ("quarterly", "每季度"),
                                ("half_yearly", "每半年"),
                                ("yearly", "每年"),
                            ],
                            max_length=12,
                        ),
                    ),
                    (
                        "source",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="indicators", to="people.unit"
                        ),
                    ),
                    ("numerator_zh", models.CharField(blank=True, max_length=80)),
                    ("denominator_zh", models.CharField(blank=True, max_length=80)),
                    ("per", models.PositiveIntegerField(default=0)),
                    ("per_resident", models.BooleanField(default=False)),
                    (
                        "chance",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("", "没有偶然（存量、金额、增速）"),
                                ("share", "一部分中的多少（办结率、达标率）"),
                                ("events", "发生了多少次（事故、病例）"),
                            ],
                            max_length=8,
                        ),
                    ),
                    ("count_unit", models.CharField(blank=True, max_length=12)),
                    ("gaming_risk_zh", models.CharField(blank=True, max_length=120)),
                    ("counter_metric_zh", models.CharField(blank=True, max_length=120)),
                    ("scored", models.BooleanField(default=True)),
                    ("public", models.BooleanField(default=False)),
                    (
                        "measures",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("complaint_volume", "投诉数量"),
                                ("petition_volume", "信访数量"),
                                ("hazards_found", "排查发现的隐患数量"),
                                ("petitioner_count", "信访人数"),
                                ("trips_to_superior_levels", "越级上访数量"),
                            ],
                            max_length=40,
                        ),
                    ),
                ],
                options={
                    "ordering": ["domain", "code"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    (
                                        "measures__in",
                                        [
                                            "complaint_volume",
                                            "petition_volume",
                                            "hazards_found",
                                            "petitioner_count",
                                            "trips_to_superior_levels",
                                        ],
                                    ),
                                    _negated=True,
                                ),
                                models.Q(
                                    ("scored", False), models.Q(("direction__in", ("down", "target")), _negated=True)
                                ),
                                _connector="OR",
                            ),
                            name="indicator_never_punishes_problems_found",
                            violation_error_message="投诉、信访、隐患的数量不得作为负面指标 · Volume of problems may not count against a place",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("chance", ""),
                                models.Q(("chance", "share"), ("per", 100)),
                                models.Q(("chance", "events"), ("per__gt", 0)),
                                _connector="OR",
                            ),
                            name="indicator_of_chance_is_a_ratio",
                            violation_error_message="只有比率才有偶然：占比的乘数是 100，次数的乘数大于 0 · Only ratios have chance in them: 100 for shares, above 0 for events",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("public", False), models.Q(("chance", ""), _negated=True), _connector="OR"
                            ),
                            name="public_indicator_counts_cases",
                            violation_error_message="公开的只有占比和次数：小于 5 的数才能按规则隐去 · Only shares and events are published: their small counts can be suppressed",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("direction", "neutral"), _negated=True), ("scored", False), _connector="OR"
                            ),
                            name="indicator_neutral_is_not_scored",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DataField",
                fields=[
                    ("code", models.SlugField(max_length=24, primary_key=True, serialize=False)),
                    ("name_zh", models.CharField(max_length=60, unique=True)),
                    ("name_en", models.CharField(blank=True, max_length=120)),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("count", "整数（个、人、户）"),
                                ("amount", "数（可带小数）"),
                                ("text", "文字"),
                                ("date", "日期"),
                                ("choice", "选项"),
                                ("yes_no", "是／否"),
                            ],
                            max_length=8,
                        ),
                    ),
                    ("unit", models.CharField(blank=True, max_length=16)),
                    ("choices", models.JSONField(blank=True, default=list)),
                    (
                        "owner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="data_fields", to="people.unit"
                        ),
                    ),
                    (
                        "level",
                        models.CharField(
                            choices=[
                                ("village", "村（社区）"),
                                ("township", "乡镇（街道）"),
                                ("county", "县（市、区）"),
                            ],
                            max_length=12,
                        ),
                    ),
                    (
                        "frequency",
                        models.CharField(
                            choices=[
                                ("weekly", "每周"),
                                ("monthly", "每月"),
                                ("quarterly", "每季度"),
                                ("half_yearly", "每半年"),
                                ("yearly", "每年"),
                                ("ad_hoc", "临时一次"),
                            ],
                            max_length=12,
                        ),
                    ),
                    ("due_days", models.PositiveSmallIntegerField(default=15)),
                    ("basis_zh", models.CharField(blank=True, max_length=120)),
                    ("personal", models.BooleanField(default=False)),
                    (
                        "readers",
                        models.CharField(
                            choices=[
                                ("all", "全市业务账号"),
                                ("scope", "管辖这个地方的人和牵头部门"),
                                ("owner", "只有牵头部门和填报的地方"),
                            ],
                            default="all",
                            max_length=8,
                        ),
                    ),
                    ("retention_months", models.PositiveSmallIntegerField(default=0, help_text="0: 长期")),
                    (
                        "roll_up",
                        models.CharField(blank=True, choices=[("", "不汇总"), ("sum", "逐级相加")], max_length=4),
                    ),
                    (
                        "indicator",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="fields",
                            to="indicators.indicator",
                        ),
                    ),
                    (
                        "part",
                        models.CharField(
                            blank=True,
                            choices=[("", "不对应"), ("value", "数值"), ("numerator", "分子"), ("denominator", "分母")],
                            max_length=12,
                        ),
                    ),
                    ("retired_on", models.DateField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["owner", "code"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("personal", False),
                                models.Q(
                                    models.Q(("basis_zh", ""), _negated=True),
                                    models.Q(("readers", "all"), _negated=True),
                                    ("retention_months__gt", 0),
                                    ("roll_up", ""),
                                ),
                                _connector="OR",
                            ),
                            name="personal_field_has_basis_readers_and_end",
                            violation_error_message="个人信息须写明法律依据、限定读者并写明保存期限 · Personal data need a legal basis, limited readers and a retention",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("roll_up", ""), ("kind__in", ("count", "amount")), _connector="OR"),
                            name="field_that_rolls_up_is_a_number",
                            violation_error_message="只有数才能逐级相加 · Only numbers add up",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("indicator__isnull", True), ("part", "")),
                                models.Q(
                                    ("indicator__isnull", False),
                                    models.Q(("part", ""), _negated=True),
                                    ("kind__in", ("count", "amount")),
                                    ("level", "township"),
                                    ("personal", False),
                                ),
                                models.Q(
                                    ("indicator__isnull", False),
                                    models.Q(("part", ""), _negated=True),
                                    ("kind__in", ("count", "amount")),
                                    ("level", "village"),
                                    ("roll_up", "sum"),
                                ),
                                _connector="OR",
                            ),
                            name="field_part_belongs_to_an_indicator",
                            violation_error_message="对应指标的数据项须是乡镇的数，或逐级相加的村级数 · A part of an indicator is a township's number, or villages' numbers that add up",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("indicator__isnull", False)),
                            fields=("indicator", "part"),
                            name="indicator_part_has_one_field",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="FieldValue",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "field",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="values",
                            to="indicators.datafield",
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="field_values",
                            to="places.division",
                        ),
                    ),
                    ("period", models.CharField(max_length=8)),
                    ("number", models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True)),
                    ("text", models.CharField(blank=True, max_length=200)),
                    (
                        "state",
                        models.CharField(
                            choices=[("draft", "draft"), ("submitted", "submitted"), ("approved", "approved")],
                            default="draft",
                            max_length=10,
                        ),
                    ),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "by",
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
                    "ordering": ["field", "division", "period"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("field", "division", "period"), name="field_value_is_entered_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("number__isnull", True), ("text", ""), _connector="OR"),
                            name="field_value_is_number_or_text",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="NeighbourRule",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "city",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    ("variables", models.JSONField(default=list)),
                    ("number", models.PositiveSmallIntegerField(default=4)),
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
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("number__gte", 3), ("number__lte", 20)),
                            name="neighbours_are_a_few",
                            violation_error_message="取 3 到 20 个 · Between 3 and 20",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="RegisteredForm",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("code", models.SlugField(max_length=24, unique=True)),
                    ("name_zh", models.CharField(max_length=60)),
                    ("name_en", models.CharField(blank=True, max_length=120)),
                    (
                        "department",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="forms", to="people.unit"
                        ),
                    ),
                    ("purpose_zh", models.CharField(max_length=200)),
                    ("basis_zh", models.CharField(blank=True, max_length=120)),
                    (
                        "level",
                        models.CharField(
                            choices=[
                                ("village", "村（社区）"),
                                ("township", "乡镇（街道）"),
                                ("county", "县（市、区）"),
                            ],
                            max_length=12,
                        ),
                    ),
                    (
                        "frequency",
                        models.CharField(
                            choices=[
                                ("weekly", "每周"),
                                ("monthly", "每月"),
                                ("quarterly", "每季度"),
                                ("half_yearly", "每半年"),
                                ("yearly", "每年"),
                                ("ad_hoc", "临时一次"),
                            ],
                            max_length=12,
                        ),
                    ),
                    ("minutes", models.PositiveSmallIntegerField()),
                    ("expires_on", models.DateField()),
                    ("asked_fields", models.PositiveSmallIntegerField(default=0)),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("applied", "待审"),
                                ("approved", "已登记"),
                                ("refused", "不予登记"),
                                ("withdrawn", "已停用"),
                            ],
                            default="applied",
                            max_length=10,
                        ),
                    ),
                    (
                        "decision",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("approved_master", "准予登记：由这张表维护基础数据"),
                                ("approved_share", "准予登记：已有的带出，只填缺的"),
                                ("reduced", "精简后登记：删去重复的项"),
                                ("auto_generated", "不再填报：全部由已有数据生成"),
                                ("refused", "不予登记"),
                            ],
                            max_length=16,
                        ),
                    ),
                    ("reason", models.CharField(blank=True, max_length=300)),
                    (
                        "applied_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("applied_on", models.DateField()),
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
                ],
                options={
                    "ordering": ["code"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("decided_on__isnull", True), ("decision", ""), ("state", "applied")),
                                models.Q(
                                    ("decided_on__isnull", False),
                                    ("decision", "refused"),
                                    ("state", "refused"),
                                    models.Q(("reason", ""), _negated=True),
                                ),
                                models.Q(
                                    ("decided_on__isnull", False),
                                    ("state__in", ["approved", "withdrawn"]),
                                    models.Q(("decision__in", ["", "refused"]), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="form_decision_fits_its_state",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "approved"), _negated=True),
                                models.Q(("basis_zh", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="approved_form_has_a_basis",
                            violation_error_message="没有依据的报表不能登记 · A form without a basis cannot be registered",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("minutes__gt", 0)),
                            name="form_takes_time",
                            violation_error_message="填一次至少 1 分钟 · At least 1 minute",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="FormItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "form",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="items",
                            to="indicators.registeredform",
                        ),
                    ),
                    ("position", models.PositiveSmallIntegerField()),
                    (
                        "field",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="items",
                            to="indicators.datafield",
                        ),
                    ),
                    ("name_zh", models.CharField(max_length=60)),
                    ("unit", models.CharField(blank=True, max_length=16)),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("count", "整数（个、人、户）"),
                                ("amount", "数（可带小数）"),
                                ("text", "文字"),
                                ("date", "日期"),
                                ("choice", "选项"),
                                ("yes_no", "是／否"),
                            ],
                            default="count",
                            max_length=8,
                        ),
                    ),
                    ("difference", models.CharField(blank=True, help_text="和相近的数据项有什么不同", max_length=120)),
                    ("required", models.BooleanField(default=True)),
                    ("personal", models.BooleanField(default=False)),
                    ("asks", models.BooleanField(default=False)),
                ],
                options={
                    "ordering": ["form", "position"],
                    "constraints": [
                        models.UniqueConstraint(fields=("form", "position"), name="form_item_has_its_line"),
                        models.UniqueConstraint(fields=("form", "field"), name="form_shows_a_field_once"),
                        models.UniqueConstraint(
                            condition=models.Q(("asks", True)), fields=("field",), name="field_is_asked_by_one_form"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("asks", False), ("field__isnull", False), _connector="OR"),
                            name="form_item_that_asks_has_a_field",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="FormRefusal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("number", models.CharField(max_length=24, unique=True)),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="form_refusals",
                            to="places.division",
                        ),
                    ),
                    (
                        "department",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="refused_forms", to="people.unit"
                        ),
                    ),
                    (
                        "form",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="refusals",
                            to="indicators.registeredform",
                        ),
                    ),
                    ("title", models.CharField(max_length=80)),
                    ("received_on", models.DateField()),
                    ("grounds", models.JSONField(default=list)),
                    ("text", models.TextField()),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    "ordering": ["-pk"],
                },
            ),
            migrations.CreateModel(
                name="Threshold",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "indicator",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="thresholds",
                            to="indicators.indicator",
                        ),
                    ),
                    ("side", models.CharField(choices=[("below", "低于"), ("above", "高于")], max_length=8)),
                    ("level", models.DecimalField(decimal_places=4, max_digits=20)),
                    ("release", models.DecimalField(decimal_places=4, max_digits=20)),
                    ("days", models.PositiveSmallIntegerField()),
                    ("text_zh", models.CharField(max_length=120)),
                    ("is_active", models.BooleanField(default=True)),
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
                ],
                options={
                    "ordering": ["indicator", "side"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("is_active", True)),
                            fields=("indicator", "side"),
                            name="indicator_has_one_threshold_a_side",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("release__gt", models.F("level")), ("side", "below")),
                                models.Q(("release__lt", models.F("level")), ("side", "above")),
                                _connector="OR",
                            ),
                            name="threshold_releases_on_the_good_side",
                            violation_error_message="解除线要在好的一侧：低于时比警戒线高，高于时比警戒线低 · The release must lie on the good side of the threshold",
                        ),
                        models.CheckConstraint(condition=models.Q(("days__gt", 0)), name="threshold_gives_time"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="UploadedTable",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("file_name", models.CharField(max_length=120)),
                    ("sha256", models.CharField(max_length=64)),
                    ("content", models.BinaryField()),
                    ("choices", models.JSONField(default=dict)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    "ordering": ["-pk"],
                },
            ),
            migrations.CreateModel(
                name="ImportBatch",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("file_name", models.CharField(max_length=120)),
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
                    (
                        "table",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="batches",
                            to="indicators.uploadedtable",
                        ),
                    ),
                    ("created_at", models.DateTimeField(auto_now_add=True)),
                    ("size", models.PositiveIntegerField(default=0)),
                    ("wrong", models.PositiveIntegerField(default=0)),
                    ("counts", models.JSONField(default=dict)),
                    (
                        "state",
                        models.CharField(
                            choices=[("checked", "checked"), ("committed", "committed"), ("undone", "undone")],
                            default="checked",
                            max_length=12,
                        ),
                    ),
                    ("committed_at", models.DateTimeField(null=True)),
                    ("undone_at", models.DateTimeField(null=True)),
                ],
                options={
                    "ordering": ["-pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("committed_at__isnull", True), ("state", "checked")),
                                models.Q(("committed_at__isnull", False), ("state", "committed")),
                                models.Q(
                                    ("committed_at__isnull", False), ("state", "undone"), ("undone_at__isnull", False)
                                ),
                                _connector="OR",
                            ),
                            name="batch_state_has_its_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("wrong__lte", models.F("size"))),
                            name="batch_has_no_more_errors_than_rows",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BatchChunk",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "batch",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="chunks",
                            to="indicators.importbatch",
                        ),
                    ),
                    ("wrong", models.BooleanField()),
                    ("first", models.IntegerField()),
                    ("rows", models.JSONField()),
                ],
                options={
                    "ordering": ["batch", "-wrong", "first"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("batch", "wrong", "first"), name="chunk_begins_where_no_other_does"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ValidationRule",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "form",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="rules",
                            to="indicators.registeredform",
                        ),
                    ),
                    ("left", models.CharField(max_length=200)),
                    (
                        "operator",
                        models.CharField(
                            choices=[("==", "=="), ("<=", "<="), (">=", ">="), ("<", "<"), (">", ">"), ("!=", "!=")],
                            max_length=2,
                        ),
                    ),
                    ("right", models.CharField(max_length=200)),
                    ("message_zh", models.CharField(max_length=120)),
                    ("message_en", models.CharField(blank=True, max_length=160)),
                    ("hint", models.BooleanField(default=False)),
                ],
                options={
                    "ordering": ["pk"],
                },
            ),
            migrations.CreateModel(
                name="ValueChange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "field",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.datafield"
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    ("period", models.CharField(max_length=8)),
                    ("before", models.CharField(blank=True, max_length=200)),
                    ("after", models.CharField(blank=True, max_length=200)),
                    ("remark", models.CharField(blank=True, max_length=200)),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("at", models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    "ordering": ["pk"],
                    "indexes": [models.Index(fields=["field", "division", "period"], name="value_change_of_a_cell")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("before", models.F("after")), _negated=True),
                                models.Q(("remark", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="value_change_changes_or_remarks",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="AssessmentScheme",
                fields=[
                    ("code", models.SlugField(max_length=24, primary_key=True, serialize=False)),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="assessment_schemes",
                            to="places.division",
                        ),
                    ),
                    ("name_zh", models.CharField(max_length=60)),
                    ("name_en", models.CharField(max_length=120)),
                    (
                        "index",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="schemes",
                            to="indicators.indexversion",
                        ),
                    ),
                    ("bonus_cap", models.DecimalField(decimal_places=2, default=5, max_digits=5)),
                    ("deduction_cap", models.DecimalField(decimal_places=2, default=5, max_digits=5)),
                    (
                        "state",
                        models.CharField(
                            choices=[("draft", "draft"), ("frozen", "frozen")], default="draft", max_length=8
                        ),
                    ),
                    ("sha256", models.CharField(blank=True, max_length=64)),
                    ("result", models.JSONField(blank=True, null=True)),
                    ("reason", models.CharField(blank=True, max_length=200)),
                    (
                        "created_by",
                        models.ForeignKey(
                            blank=True,
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
                    "ordering": ["division", "code"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("bonus_cap__range", (0, 100)), ("deduction_cap__range", (0, 100))),
                            name="scheme_caps_are_points",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("frozen_at__isnull", True), ("sha256", ""), ("state", "draft")),
                                models.Q(
                                    ("frozen_at__isnull", False),
                                    ("result__isnull", False),
                                    ("state", "frozen"),
                                    models.Q(("sha256", ""), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="scheme_frozen_is_hashed_and_reasoned",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SchemeItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "scheme",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="items",
                            to="indicators.assessmentscheme",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[("bonus", "加分"), ("deduction", "扣分"), ("veto", "一票否决")], max_length=10
                        ),
                    ),
                    ("name_zh", models.CharField(max_length=60)),
                    ("name_en", models.CharField(max_length=120)),
                    ("basis", models.CharField(max_length=200)),
                    ("cap", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                    (
                        "approver",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"
                        ),
                    ),
                    ("expires_on", models.DateField()),
                ],
                options={
                    "ordering": ["scheme", "kind", "pk"],
                    "constraints": [
                        models.UniqueConstraint(fields=("scheme", "name_zh"), name="scheme_items_differ"),
                        models.CheckConstraint(
                            condition=models.Q(("basis", ""), _negated=True), name="scheme_item_has_a_basis"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("cap__isnull", True), ("kind", "veto")),
                                models.Q(("cap__gte", 0), ("cap__lte", 100)),
                                _connector="OR",
                            ),
                            name="scheme_item_is_capped",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SchemeEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "item",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entries",
                            to="indicators.schemeitem",
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    ("points", models.DecimalField(decimal_places=2, default=0, max_digits=5)),
                    ("happened_on", models.DateField()),
                    ("reason", models.CharField(max_length=200)),
                    ("evidence", models.CharField(max_length=400)),
                    (
                        "entered_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("entered_at", models.DateTimeField(auto_now_add=True)),
                    (
                        "state",
                        models.CharField(
                            choices=[("entered", "待审批"), ("approved", "已认定"), ("refused", "未认定")],
                            default="entered",
                            max_length=8,
                        ),
                    ),
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
                    ("decided_at", models.DateTimeField(blank=True, null=True)),
                    ("decision_note", models.CharField(blank=True, max_length=200)),
                ],
                options={
                    "verbose_name_plural": "scheme entries",
                    "ordering": ["item", "division", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("points__range", (0, 100))), name="scheme_entry_has_points"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("reason", ""), _negated=True), models.Q(("evidence", ""), _negated=True)
                            ),
                            name="scheme_entry_has_reason_and_evidence",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "entered")
                                ),
                                models.Q(
                                    ("decided_at__isnull", False),
                                    ("decided_by__isnull", False),
                                    models.Q(("state", "entered"), _negated=True),
                                    models.Q(("decided_by", models.F("entered_by")), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="scheme_entry_is_decided_by_another",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SchemeWeight",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "scheme",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="weights",
                            to="indicators.assessmentscheme",
                        ),
                    ),
                    (
                        "category",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.category"
                        ),
                    ),
                    ("part", models.CharField(max_length=24)),
                    ("weight", models.PositiveSmallIntegerField()),
                ],
                options={
                    "ordering": ["scheme", "category", "part"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("scheme", "category", "part"), name="scheme_weighs_a_part_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("weight__lte", 100)), name="scheme_weight_is_a_percentage"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BatchChange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "batch",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="changes",
                            to="indicators.importbatch",
                        ),
                    ),
                    (
                        "indicator",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.indicator"
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    ("period", models.CharField(max_length=8)),
                    ("before", models.JSONField(null=True)),
                    ("after", models.JSONField()),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("batch", "indicator", "division", "period"), name="batch_changes_a_figure_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Collection",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "form",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="collections",
                            to="indicators.registeredform",
                        ),
                    ),
                    ("period", models.CharField(max_length=8)),
                    (
                        "scope",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    ("opens_on", models.DateField()),
                    ("closes_on", models.DateField()),
                    ("asked", models.JSONField(default=list)),
                    (
                        "opened_by",
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
                    "ordering": ["-closes_on", "-pk"],
                    "constraints": [
                        models.UniqueConstraint(fields=("form", "period"), name="form_is_filled_once_a_period"),
                        models.CheckConstraint(
                            condition=models.Q(("closes_on__gte", models.F("opens_on"))),
                            name="collection_closes_after_it_opens",
                            violation_error_message="截止日不能早于开始日 · It cannot close before it opens",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Observation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "indicator",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="observations",
                            to="indicators.indicator",
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="observations",
                            to="places.division",
                        ),
                    ),
                    ("period", models.CharField(max_length=8)),
                    ("value", models.DecimalField(decimal_places=4, max_digits=20)),
                    ("numerator", models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True)),
                    ("denominator", models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True)),
                    (
                        "source",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="observations", to="people.unit"
                        ),
                    ),
                    ("as_of", models.DateField()),
                    ("note", models.CharField(blank=True, max_length=120)),
                    (
                        "batch",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="observations",
                            to="indicators.importbatch",
                        ),
                    ),
                    (
                        "collection",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="observations",
                            to="indicators.collection",
                        ),
                    ),
                ],
                options={
                    "ordering": ["indicator", "division", "period"],
                    "indexes": [models.Index(fields=["indicator", "period"], name="observation_of_a_period")],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("indicator", "division", "period"), name="observation_is_entered_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("denominator__isnull", True), ("denominator__gt", 0), _connector="OR"),
                            name="observation_denominator_is_positive",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Submission",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "collection",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="submissions",
                            to="indicators.collection",
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="submissions",
                            to="places.division",
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("open", "填报中"),
                                ("submitted", "已报送"),
                                ("returned", "已退回"),
                                ("approved", "已核准"),
                            ],
                            default="open",
                            max_length=10,
                        ),
                    ),
                    (
                        "submitted_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("submitted_at", models.DateTimeField(null=True)),
                    ("return_reason", models.CharField(blank=True, max_length=200)),
                    ("open_until", models.DateField(help_text="逾期仍可填报到", null=True)),
                    ("open_reason", models.CharField(blank=True, max_length=200)),
                ],
                options={
                    "ordering": ["collection", "division"],
                    "constraints": [
                        models.UniqueConstraint(fields=("collection", "division"), name="place_hands_a_form_in_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["open", "returned"]),
                                models.Q(("submitted_at__isnull", False), ("submitted_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="submission_was_handed_in",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "returned"), _negated=True),
                                models.Q(("return_reason", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="return_has_a_reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("open_until__isnull", True),
                                models.Q(("open_reason", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="lock_exception_has_a_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Approval",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "collection",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="approvals",
                            to="indicators.collection",
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField(auto_now_add=True)),
                    ("missing", models.JSONField(default=list)),
                    ("missing_reason", models.CharField(blank=True, max_length=200)),
                    ("replaced", models.JSONField(default=list)),
                ],
                options={
                    "ordering": ["collection", "division"],
                    "constraints": [
                        models.UniqueConstraint(fields=("collection", "division"), name="level_is_approved_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("missing", []), models.Q(("missing_reason", ""), _negated=True), _connector="OR"
                            ),
                            name="approval_without_all_has_a_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Crossing",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "threshold",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="crossings",
                            to="indicators.threshold",
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    ("period", models.CharField(max_length=8)),
                    ("value", models.DecimalField(decimal_places=4, max_digits=20)),
                    (
                        "matter",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="crossing", to="matters.matter"
                        ),
                    ),
                    ("released_in", models.CharField(blank=True, max_length=8)),
                ],
                options={
                    "ordering": ["-pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("released_in", "")),
                            fields=("threshold", "division"),
                            name="place_is_beyond_a_threshold_once",
                        ),
                        models.UniqueConstraint(
                            fields=("threshold", "division", "period"), name="period_crosses_a_threshold_once"
                        ),
                    ],
                },
            ),
        ),
    ]
