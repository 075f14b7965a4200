"""The tables of the room."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from yizhen.audit.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("matters", "0105_data_back"),
        ("people", "0004_integrity"),
        ("places", "0030_calendars"),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Enterprise",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "credit_code",
                        models.CharField(
                            error_messages={"unique": "这个代码已经登记过。"},
                            max_length=18,
                            unique=True,
                            verbose_name="统一社会信用代码",
                        ),
                    ),
                    ("name_zh", models.CharField(max_length=80, verbose_name="企业名称")),
                    ("name_en", models.CharField(blank=True, max_length=120, verbose_name="英文名称")),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="enterprises",
                            to="places.division",
                        ),
                    ),
                    (
                        "department",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="enterprises",
                            to="people.unit",
                        ),
                    ),
                    ("is_key", models.BooleanField(default=False, verbose_name="重点企业")),
                    (
                        "officer",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="served_enterprises",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "scale",
                        models.CharField(
                            blank=True,
                            choices=[("micro", "微型"), ("small", "小型"), ("medium", "中型"), ("large", "大型")],
                            max_length=24,
                            verbose_name="规模",
                        ),
                    ),
                    (
                        "industry",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("agriculture", "农林牧渔"),
                                ("manufacturing", "制造业"),
                                ("construction", "建筑业"),
                                ("trade", "批发零售"),
                                ("transport", "交通仓储"),
                                ("catering", "住宿餐饮"),
                                ("information", "信息软件"),
                                ("services", "其他服务业"),
                                ("other", "其他行业"),
                            ],
                            max_length=24,
                            verbose_name="行业",
                        ),
                    ),
                    ("employees", models.PositiveIntegerField(blank=True, null=True, verbose_name="从业人数")),
                    (
                        "tax_credit",
                        models.CharField(
                            blank=True,
                            choices=[("A", "A"), ("B", "B"), ("M", "M"), ("C", "C"), ("D", "D")],
                            max_length=24,
                            verbose_name="纳税信用等级",
                        ),
                    ),
                    (
                        "guaranteed_loan",
                        models.BooleanField(blank=True, null=True, verbose_name="有政府性融资担保的贷款"),
                    ),
                    ("loan_due_on", models.DateField(blank=True, null=True, verbose_name="贷款到期日")),
                    (
                        "tenant_of",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("state_owned", "承租国有房屋"),
                                ("other", "承租其他房屋"),
                                ("own_premises", "自有房屋"),
                            ],
                            max_length=24,
                            verbose_name="经营用房",
                        ),
                    ),
                    (
                        "layoff_percent",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            max_digits=5,
                            null=True,
                            validators=[
                                django.core.validators.MinValueValidator(0),
                                django.core.validators.MaxValueValidator(100),
                            ],
                            verbose_name="上年度裁员率（%）",
                        ),
                    ),
                    (
                        "insured_months",
                        models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="连续缴纳失业保险（月）"),
                    ),
                    (
                        "equipment_wan",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            max_digits=12,
                            null=True,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="设备投资（万元）",
                        ),
                    ),
                    (
                        "energy",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("not_above_sector_limit", "不超过行业限额"),
                                ("above_sector_limit", "超过行业限额"),
                            ],
                            max_length=24,
                            verbose_name="单位产品能耗",
                        ),
                    ),
                    ("high_tech", models.BooleanField(blank=True, null=True, verbose_name="高新技术企业")),
                    ("source", models.CharField(max_length=120, verbose_name="数据来源")),
                    ("as_of", models.DateField(verbose_name="截至")),
                    ("left_on", models.DateField(blank=True, null=True, verbose_name="注销或者迁出日期")),
                    (
                        "registered_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("registered_at", models.DateTimeField()),
                    ("changed_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["division", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("layoff_percent__isnull", True), ("layoff_percent__lte", 100), _connector="OR"
                            ),
                            name="enterprise_layoffs_are_a_share",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("officer__isnull", True), ("is_key", True), _connector="OR"),
                            name="enterprise_officer_is_of_a_key_one",
                            violation_error_message="服务专员是给重点企业的：请先标为重点企业。",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="EnterpriseMatter",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "enterprise",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="asked", to="growth.enterprise"
                        ),
                    ),
                    (
                        "matter",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="enterprise_link",
                            to="matters.matter",
                        ),
                    ),
                ],
                options={
                    "ordering": ["-matter"],
                },
            ),
            migrations.CreateModel(
                name="Visit",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "enterprise",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="growth.enterprise"
                        ),
                    ),
                    ("on", models.DateField(verbose_name="走访日期")),
                    ("asked", models.TextField(max_length=2000, verbose_name="企业问了什么")),
                    (
                        "answered",
                        models.TextField(blank=True, max_length=2000, verbose_name="当场怎样答复，还要办什么"),
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
                    "ordering": ["-on", "-pk"],
                },
            ),
            migrations.CreateModel(
                name="IndustryDeclaration",
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
                            related_name="industry_declarations",
                            to="places.division",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField()),
                    ("name_zh", models.CharField(max_length=40, verbose_name="特色产业")),
                    ("name_en", models.CharField(blank=True, max_length=80, verbose_name="英文名称")),
                    (
                        "direction",
                        models.CharField(
                            choices=[
                                ("agriculture", "宜农"),
                                ("industry", "宜工"),
                                ("trade", "宜商"),
                                ("tourism", "宜游"),
                            ],
                            max_length=12,
                            verbose_name="方向",
                        ),
                    ),
                    ("sectors", models.JSONField(verbose_name="由哪些行业组成")),
                    (
                        "position",
                        models.PositiveSmallIntegerField(
                            choices=[
                                (1, "原料、资源、种养"),
                                (2, "初加工、代工、单店经营"),
                                (3, "深加工、关键配套、专业市场"),
                                (4, "自有产品、整机、综合服务"),
                                (5, "品牌、标准、研发、平台"),
                            ],
                            verbose_name="现在在产业链的哪一段",
                        ),
                    ),
                    (
                        "aimed",
                        models.PositiveSmallIntegerField(
                            choices=[
                                (1, "原料、资源、种养"),
                                (2, "初加工、代工、单店经营"),
                                (3, "深加工、关键配套、专业市场"),
                                (4, "自有产品、整机、综合服务"),
                                (5, "品牌、标准、研发、平台"),
                            ],
                            verbose_name="要到哪一段",
                        ),
                    ),
                    ("reason", models.TextField(max_length=400, verbose_name="为什么适合这里")),
                    (
                        "declared_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("declared_at", models.DateTimeField()),
                    (
                        "decision",
                        models.CharField(
                            blank=True, choices=[("confirmed", "已确认"), ("returned", "已退回")], max_length=12
                        ),
                    ),
                    ("opinion", models.CharField(blank=True, max_length=400)),
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
                ],
                options={
                    "ordering": ["division", "-number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("division", "number"), name="industry_versions_are_numbered"),
                        models.UniqueConstraint(
                            condition=models.Q(("decision", "")),
                            fields=("division",),
                            name="industry_waits_once_a_place",
                            violation_error_message="已有一版在等确认，先等它有结果。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("direction__in", ["agriculture", "industry", "trade", "tourism"])),
                            name="industry_direction_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("aimed__gte", models.F("position")), ("aimed__lte", 5), ("position__gte", 1)
                            ),
                            name="industry_moves_up",
                            violation_error_message="要到的一段不能低于现在的一段。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("decided_at", None), ("decided_by", None), ("decision", "")),
                                models.Q(
                                    ("decided_at__isnull", False),
                                    ("decided_by__isnull", False),
                                    ("decision__in", ["confirmed", "returned"]),
                                ),
                                _connector="OR",
                            ),
                            name="industry_decision_is_whole",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("decided_by", None),
                                models.Q(("decided_by", models.F("declared_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="industry_is_confirmed_by_another",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="UpgradeStep",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "declaration",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="steps",
                            to="growth.industrydeclaration",
                        ),
                    ),
                    ("title", models.CharField(max_length=100, verbose_name="要做成什么")),
                    (
                        "reaches",
                        models.PositiveSmallIntegerField(
                            choices=[
                                (1, "原料、资源、种养"),
                                (2, "初加工、代工、单店经营"),
                                (3, "深加工、关键配套、专业市场"),
                                (4, "自有产品、整机、综合服务"),
                                (5, "品牌、标准、研发、平台"),
                            ],
                            verbose_name="做成后到哪一段",
                        ),
                    ),
                    ("due_on", models.DateField(verbose_name="什么时候")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["due_on", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("reaches__gte", 1), ("reaches__lte", 5)), name="upgrade_step_reaches"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="StepReport",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "step",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="growth.upgradestep"
                        ),
                    ),
                    ("result", models.CharField(max_length=200, verbose_name="做成了什么")),
                    ("done_on", models.DateField(verbose_name="哪天做成")),
                    ("source", models.CharField(max_length=120, verbose_name="凭什么说做成了")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    ("passed", models.BooleanField(blank=True, null=True)),
                    ("opinion", models.CharField(blank=True, max_length=200)),
                    (
                        "checked_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("checked_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("passed", None)),
                            fields=("step",),
                            name="step_report_waits_once",
                            violation_error_message="已报过，正在等核实。",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("passed", True)),
                            fields=("step",),
                            name="step_is_done_once",
                            violation_error_message="这一步已核实完成。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("checked_at", None), ("checked_by", None), ("passed", None)),
                                models.Q(
                                    ("checked_at__isnull", False),
                                    ("checked_by__isnull", False),
                                    ("passed__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="step_check_is_whole",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("checked_by", None),
                                models.Q(("checked_by", models.F("by")), _negated=True),
                                _connector="OR",
                            ),
                            name="step_is_checked_by_another",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="OutsideIndustry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "city",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    ("place_zh", models.CharField(max_length=60, verbose_name="市外的地方")),
                    ("place_en", models.CharField(blank=True, max_length=120, verbose_name="英文地名")),
                    ("industry_zh", models.CharField(max_length=40, verbose_name="它的产业")),
                    ("industry_en", models.CharField(blank=True, max_length=80, verbose_name="产业英文名称")),
                    ("sectors", models.JSONField(verbose_name="由哪些行业组成")),
                    ("source", models.CharField(max_length=120, verbose_name="数据来源")),
                    ("as_of", models.DateField(verbose_name="截至")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    (
                        "withdrawn_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["-as_of", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                                models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="outside_withdrawal_is_whole",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="IndustryCommunity",
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
                            related_name="industry_communities",
                            to="places.division",
                        ),
                    ),
                    ("name_zh", models.CharField(max_length=60, verbose_name="产业社区")),
                    ("name_en", models.CharField(blank=True, max_length=120, verbose_name="英文名称")),
                    ("address", models.CharField(max_length=100, verbose_name="在哪里")),
                    ("industry_zh", models.CharField(max_length=40, verbose_name="为哪个产业")),
                    ("industry_en", models.CharField(blank=True, max_length=80, verbose_name="产业英文名称")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["division", "pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("division", "name_zh"),
                            name="community_is_entered_once",
                            violation_error_message="这个产业社区已有了，请在它下面填新的数。",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="CommunityCount",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "community",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="counts",
                            to="growth.industrycommunity",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField()),
                    ("homes", models.PositiveIntegerField(verbose_name="住房（套）")),
                    ("services", models.PositiveIntegerField(verbose_name="服务设施（处）")),
                    ("firms", models.PositiveIntegerField(verbose_name="入驻企业（家）")),
                    ("source", models.CharField(max_length=120, verbose_name="数据来源")),
                    ("as_of", models.DateField(verbose_name="截至")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["-number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("community", "number"), name="community_counts_are_numbered")
                    ],
                },
            ),
            migrations.CreateModel(
                name="SectorFigure",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="sector_figures",
                            to="places.division",
                        ),
                    ),
                    ("year", models.PositiveSmallIntegerField()),
                    ("sector", models.CharField(max_length=3)),
                    ("number", models.PositiveSmallIntegerField()),
                    (
                        "output",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            max_digits=14,
                            null=True,
                            validators=[django.core.validators.MinValueValidator(0)],
                        ),
                    ),
                    ("jobs", models.PositiveIntegerField(blank=True, null=True)),
                    ("units", models.PositiveIntegerField()),
                    ("source", models.CharField(max_length=120)),
                    ("as_of", models.DateField()),
                    ("reason", models.CharField(blank=True, max_length=200)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["division", "year", "sector", "number"],
                    "indexes": [models.Index(fields=["year", "division"], name="sector_figure_year_place")],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("division", "year", "sector", "number"), name="sector_figure_versions_are_numbered"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("output__isnull", False), ("jobs__isnull", False), _connector="OR"),
                            name="sector_figure_says_something",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("output", None), ("output__gte", 0), _connector="OR"),
                            name="sector_figure_output_not_negative",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("year__gte", 1990), ("year__lte", 2100)), name="sector_figure_year"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("number", 1), ("reason", "")),
                                models.Q(("number__gt", 1), models.Q(("reason", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="sector_figure_is_corrected_with_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Park",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="parks", to="places.division"
                        ),
                    ),
                    ("name_zh", models.CharField(max_length=60, verbose_name="名称")),
                    ("name_en", models.CharField(blank=True, max_length=120, verbose_name="英文名称")),
                    ("industry_zh", models.CharField(max_length=40, verbose_name="主导产业")),
                    ("industry_en", models.CharField(blank=True, max_length=80, verbose_name="产业英文名称")),
                    (
                        "registered_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("registered_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["division", "pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("division", "name_zh"),
                            name="park_is_entered_once",
                            violation_error_message="这个集中区已经登记过。",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ParkTarget",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "park",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="targets", to="growth.park"
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField()),
                    (
                        "output",
                        models.DecimalField(
                            decimal_places=2,
                            max_digits=10,
                            validators=[django.core.validators.MinValueValidator(Decimal("0.01"))],
                            verbose_name="目标产值（亿元）",
                        ),
                    ),
                    ("year", models.PositiveSmallIntegerField(verbose_name="到哪一年")),
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
                    "ordering": ["-number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("park", "number"), name="park_targets_are_numbered"),
                        models.CheckConstraint(
                            condition=models.Q(("output__gt", 0)), name="park_target_is_above_nought"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("year__gte", 1990), ("year__lte", 2100)), name="park_target_year"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ParkFigure",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "park",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="figures", to="growth.park"
                        ),
                    ),
                    ("year", models.PositiveSmallIntegerField(verbose_name="年份")),
                    ("number", models.PositiveSmallIntegerField()),
                    (
                        "output",
                        models.DecimalField(
                            decimal_places=3,
                            max_digits=10,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="产值（亿元）",
                        ),
                    ),
                    (
                        "tax",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            max_digits=12,
                            null=True,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="税收（万元）",
                        ),
                    ),
                    ("jobs", models.PositiveIntegerField(blank=True, null=True, verbose_name="从业人员（人）")),
                    (
                        "land",
                        models.DecimalField(
                            blank=True,
                            decimal_places=1,
                            max_digits=9,
                            null=True,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="已用地（亩）",
                        ),
                    ),
                    (
                        "energy",
                        models.DecimalField(
                            blank=True,
                            decimal_places=1,
                            max_digits=12,
                            null=True,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="能耗（吨标准煤）",
                        ),
                    ),
                    ("firms", models.PositiveIntegerField(blank=True, null=True, verbose_name="规上企业（家）")),
                    ("source", models.CharField(max_length=120, verbose_name="数据来源")),
                    ("as_of", models.DateField(verbose_name="截至")),
                    ("reason", models.CharField(blank=True, max_length=200, verbose_name="更正的原因")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["year", "-number"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("park", "year", "number"), name="park_figure_versions_are_numbered"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("number", 1), ("reason", "")),
                                models.Q(("number__gt", 1), models.Q(("reason", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="park_figure_is_corrected_with_reason",
                            violation_error_message="更正要写原因。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("year__gte", 1990), ("year__lte", 2100)), name="park_figure_year"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("output__gte", 0),
                                models.Q(("tax", None), ("tax__gte", 0), _connector="OR"),
                                models.Q(("land", None), ("land__gte", 0), _connector="OR"),
                                models.Q(("energy", None), ("energy__gte", 0), _connector="OR"),
                            ),
                            name="park_figure_not_negative",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PublicPayment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "enterprise",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="growth.enterprise"
                        ),
                    ),
                    (
                        "debtor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="owed_payments", to="people.unit"
                        ),
                    ),
                    ("subject", models.CharField(max_length=120, verbose_name="合同或者项目")),
                    (
                        "amount",
                        models.DecimalField(
                            decimal_places=2,
                            max_digits=14,
                            validators=[django.core.validators.MinValueValidator(Decimal("0.01"))],
                            verbose_name="金额（元）",
                        ),
                    ),
                    (
                        "scale",
                        models.CharField(
                            choices=[("micro", "微型"), ("small", "小型"), ("medium", "中型")],
                            max_length=8,
                            verbose_name="订立合同时的规模",
                        ),
                    ),
                    (
                        "begins",
                        models.CharField(
                            choices=[
                                ("delivered", "货物、工程、服务交付（第九条第一款）"),
                                ("accepted", "检验、验收合格（第十条）"),
                                ("settled", "双方确认结算金额（第九条第四款）"),
                            ],
                            default="delivered",
                            max_length=12,
                            verbose_name="从哪天起算",
                        ),
                    ),
                    ("began_on", models.DateField(verbose_name="起算日")),
                    (
                        "agreed_days",
                        models.PositiveSmallIntegerField(
                            blank=True,
                            null=True,
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(
                                    60, "约定的付款期限最长 60 日（保障中小企业款项支付条例第九条）。"
                                ),
                            ],
                            verbose_name="合同约定的付款期限（天，没有约定的留空）",
                        ),
                    ),
                    ("due_on", models.DateField()),
                    ("clock", models.JSONField()),
                    ("source", models.CharField(max_length=120, verbose_name="依据（合同、验收单编号）")),
                    ("paid_on", models.DateField(blank=True, null=True, verbose_name="付清日期")),
                    ("paid_source", models.CharField(blank=True, max_length=120, verbose_name="到账凭据")),
                    (
                        "registered_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "settled_by",
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
                    "ordering": ["due_on", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("agreed_days__isnull", True),
                                models.Q(("agreed_days__gte", 1), ("agreed_days__lte", 60)),
                                _connector="OR",
                            ),
                            name="payment_is_due_in_60_days_at_most",
                            violation_error_message="约定的付款期限最长 60 日（保障中小企业款项支付条例第九条）。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("scale__in", ["micro", "small", "medium"])),
                            name="payment_is_owed_to_a_small_or_medium_firm",
                        ),
                        models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="payment_is_of_some_amount"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("paid_on__isnull", True), ("paid_on__gte", models.F("began_on")), _connector="OR"
                            ),
                            name="payment_is_made_after_it_began",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("paid_on__isnull", True), ("settled_by__isnull", True)),
                                models.Q(("paid_on__isnull", False), ("settled_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="payment_is_settled_by_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ProcurementBudget",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "unit",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="procurement", to="people.unit"
                        ),
                    ),
                    (
                        "year",
                        models.PositiveSmallIntegerField(
                            validators=[
                                django.core.validators.MinValueValidator(2018),
                                django.core.validators.MaxValueValidator(2099),
                            ],
                            verbose_name="年度",
                        ),
                    ),
                    (
                        "total",
                        models.DecimalField(
                            decimal_places=2,
                            max_digits=14,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="政府采购项目预算总额（万元）",
                        ),
                    ),
                    (
                        "unavailable",
                        models.DecimalField(
                            decimal_places=2,
                            default=0,
                            max_digits=14,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="其中中小企业无法提供的（万元）",
                        ),
                    ),
                    (
                        "reserved",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            max_digits=14,
                            null=True,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="预留给中小企业（万元）",
                        ),
                    ),
                    (
                        "reserved_small",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            max_digits=14,
                            null=True,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="其中预留给小微企业（万元）",
                        ),
                    ),
                    ("source", models.CharField(max_length=120, verbose_name="数据来源")),
                    ("as_of", models.DateField(verbose_name="截至")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "ordering": ["-year", "unit"],
                    "constraints": [
                        models.UniqueConstraint(fields=("unit", "year"), name="procurement_is_one_budget_a_year"),
                        models.CheckConstraint(
                            condition=models.Q(("unavailable__lte", models.F("total"))),
                            name="procurement_unavailable_is_part_of_it",
                            violation_error_message="“无法提供的”不能超过预算总额。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("reserved__isnull", True),
                                (
                                    "reserved__lte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("total"), "-", models.F("unavailable")
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="procurement_reserved_is_part_of_it",
                            violation_error_message="预留额不能超过预算总额减去“无法提供的”。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("reserved_small__isnull", True),
                                ("reserved_small__lte", models.F("reserved")),
                                _connector="OR",
                            ),
                            name="procurement_small_is_part_of_reserved",
                            violation_error_message="预留给小微企业的不能超过预留给中小企业的。",
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
                            on_delete=django.db.models.deletion.PROTECT, related_name="projects", to="places.division"
                        ),
                    ),
                    (
                        "department",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="projects",
                            to="people.unit",
                        ),
                    ),
                    (
                        "stage",
                        models.CharField(
                            choices=[
                                ("lead", "lead"),
                                ("signed", "signed"),
                                ("started", "started"),
                                ("producing", "producing"),
                                ("dropped", "dropped"),
                            ],
                            default="lead",
                            max_length=12,
                        ),
                    ),
                    (
                        "investment",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            max_digits=10,
                            null=True,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="总投资（亿元）",
                        ),
                    ),
                    (
                        "land",
                        models.DecimalField(
                            blank=True,
                            decimal_places=1,
                            max_digits=8,
                            null=True,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="用地（亩）",
                        ),
                    ),
                    (
                        "tax_per_mu",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            max_digits=8,
                            null=True,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="承诺亩均税收（万元/亩·年）",
                        ),
                    ),
                    (
                        "research",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            max_digits=5,
                            null=True,
                            validators=[
                                django.core.validators.MinValueValidator(0),
                                django.core.validators.MaxValueValidator(100),
                            ],
                            verbose_name="承诺研发强度（%）",
                        ),
                    ),
                    (
                        "grade",
                        models.CharField(
                            blank=True,
                            choices=[("excellent", "优"), ("good", "良"), ("fair", "中"), ("poor", "差")],
                            max_length=10,
                            verbose_name="绿色等级",
                        ),
                    ),
                    (
                        "energy",
                        models.DecimalField(
                            blank=True,
                            decimal_places=3,
                            max_digits=8,
                            null=True,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="单位产值能耗（吨标准煤/万元）",
                        ),
                    ),
                    ("jobs", models.PositiveIntegerField(blank=True, null=True, verbose_name="承诺就业（人）")),
                    (
                        "safety_land",
                        models.BooleanField(blank=True, null=True, verbose_name="用地、安全、环保预审通过"),
                    ),
                    (
                        "fair_competition",
                        models.CharField(
                            choices=[("not_started", "还没审查"), ("passed", "通过"), ("failed", "不通过")],
                            default="not_started",
                            max_length=12,
                            verbose_name="公平竞争审查",
                        ),
                    ),
                    (
                        "firm_promise",
                        models.BooleanField(
                            default=False, verbose_name="协议草案给这一家企业税费、规费或者地价的特别优惠"
                        ),
                    ),
                    ("source", models.CharField(max_length=120, verbose_name="数据来源")),
                    (
                        "registered_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("registered_at", models.DateTimeField()),
                    (
                        "changed_by",
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
                    "ordering": ["division", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("fair_competition", "passed"), ("firm_promise", True), _negated=True),
                            name="project_firm_promise_never_passes",
                            violation_error_message="协议给一家企业特别优惠，公平竞争审查不能通过（公平竞争审查条例第十条）。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("stage__in", ["lead", "dropped"]),
                                models.Q(("fair_competition", "passed"), ("safety_land", True)),
                                _connector="OR",
                            ),
                            name="project_is_signed_behind_its_gates",
                            violation_error_message="用地、安全、环保预审和公平竞争审查都通过，才能签约。",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Realised",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "project",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="realised", to="growth.project"
                        ),
                    ),
                    (
                        "year",
                        models.PositiveSmallIntegerField(
                            choices=[(1, "1"), (2, "2"), (3, "3")], verbose_name="投产后第几年"
                        ),
                    ),
                    (
                        "tax",
                        models.DecimalField(
                            decimal_places=2,
                            max_digits=12,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="实缴税收（万元）",
                        ),
                    ),
                    ("jobs", models.PositiveIntegerField(verbose_name="实际就业（人）")),
                    ("source", models.CharField(max_length=120, verbose_name="数据来源")),
                    ("as_of", models.DateField(verbose_name="截至")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "ordering": ["year"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("project", "year"),
                            name="realised_is_entered_once_a_year",
                            violation_error_message="这一年已经填过。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("year__gte", 1), ("year__lte", 3)), name="realised_in_three_years"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Policy",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    ("code", models.SlugField(max_length=24, verbose_name="编号")),
                    ("number", models.PositiveSmallIntegerField(default=1, editable=False)),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="policies", to="places.division"
                        ),
                    ),
                    (
                        "department",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="policies", to="people.unit"
                        ),
                    ),
                    ("name_zh", models.CharField(max_length=60, verbose_name="名称")),
                    ("name_en", models.CharField(blank=True, max_length=120, verbose_name="英文名称")),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("credit", "信贷担保"),
                                ("fee", "税费减免"),
                                ("procurement", "政府采购"),
                                ("rent", "租金减免"),
                                ("employment", "稳岗就业"),
                                ("upgrade", "技术改造"),
                                ("other", "其他"),
                            ],
                            max_length=16,
                            verbose_name="类别",
                        ),
                    ),
                    ("target_zh", models.CharField(max_length=120, verbose_name="适用对象（一句话）")),
                    ("benefit_zh", models.CharField(max_length=300, verbose_name="给什么")),
                    (
                        "mode",
                        models.CharField(
                            choices=[
                                ("no_application", "免申即享"),
                                ("quick", "快享"),
                                ("apply", "申请兑现"),
                                ("automatic_in_tender", "招标采购中自动适用"),
                            ],
                            max_length=24,
                            verbose_name="怎样兑现",
                        ),
                    ),
                    (
                        "clock_days",
                        models.PositiveSmallIntegerField(
                            blank=True,
                            null=True,
                            validators=[django.core.validators.MaxValueValidator(250)],
                            verbose_name="兑现时限（工作日）",
                        ),
                    ),
                    ("basis_zh", models.CharField(max_length=200, verbose_name="依据")),
                    (
                        "fair_competition",
                        models.CharField(
                            choices=[("not_started", "还没审查"), ("passed", "通过"), ("failed", "不通过")],
                            default="not_started",
                            max_length=12,
                            verbose_name="公平竞争审查",
                        ),
                    ),
                    ("review", models.CharField(blank=True, max_length=200, verbose_name="审查结论和文号")),
                    ("until", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                    ("in_force_from", models.DateField(blank=True, editable=False, null=True)),
                    (
                        "in_force_by",
                        models.ForeignKey(
                            blank=True,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("ended_on", models.DateField(blank=True, editable=False, null=True)),
                    (
                        "drafted_by",
                        models.ForeignKey(
                            editable=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("drafted_at", models.DateTimeField(editable=False)),
                ],
                options={
                    "ordering": ["code", "-number"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("division", "code", "number"), name="policy_versions_are_numbered"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("ended_on__isnull", True), ("in_force_from__isnull", False)),
                            fields=("division", "code"),
                            name="policy_is_in_force_in_one_version",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("in_force_from__isnull", True), ("fair_competition", "passed"), _connector="OR"
                            ),
                            name="policy_in_force_passed_its_review",
                            violation_error_message="没有通过公平竞争审查的政策不得出台（公平竞争审查条例第十八条）。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("mode", "automatic_in_tender"), ("clock_days__isnull", False), _connector="OR"
                            ),
                            name="policy_that_is_paid_has_its_time",
                            violation_error_message="请写兑现时限：几个工作日内兑付。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("ended_on__isnull", True),
                                ("ended_on__gte", models.F("in_force_from")),
                                _connector="OR",
                            ),
                            name="policy_ends_after_it_began",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PolicyCondition",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "policy",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="conditions", to="growth.policy"
                        ),
                    ),
                    ("fact", models.CharField(max_length=24)),
                    ("operator", models.CharField(max_length=12)),
                    ("value", models.JSONField()),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("policy", "fact", "operator"), name="policy_asks_each_thing_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "fact__in",
                                    [
                                        "scale",
                                        "industry",
                                        "employees",
                                        "tax_credit",
                                        "guaranteed_loan",
                                        "loan_due_on",
                                        "tenant_of",
                                        "layoff_percent",
                                        "insured_months",
                                        "equipment_wan",
                                        "energy",
                                        "high_tech",
                                    ],
                                )
                            ),
                            name="policy_asks_for_no_ownership_nor_registration",
                            violation_error_message="不能按所有制或者注册地设条件（公平竞争审查条例第八条、第九条、第十条）。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("operator__in", ["in", "min", "max", "is", "within_days"])),
                            name="policy_operator_is_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="FeeItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "policy",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="fee_items", to="growth.policy"
                        ),
                    ),
                    ("name_zh", models.CharField(max_length=80, verbose_name="收费项目")),
                    (
                        "change",
                        models.CharField(
                            choices=[("abolished", "取消"), ("exempted", "免征"), ("reduced", "降低标准")],
                            max_length=12,
                            verbose_name="怎样减",
                        ),
                    ),
                    ("before", models.CharField(max_length=80, verbose_name="原来的标准")),
                    ("after", models.CharField(blank=True, max_length=80, verbose_name="现在的标准")),
                    ("basis_zh", models.CharField(max_length=200, verbose_name="依据")),
                ],
                options={
                    "ordering": ["policy", "pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("policy", "name_zh"),
                            name="fee_is_listed_once",
                            violation_error_message="这个项目已经在清单里。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("change", "reduced"), _negated=True),
                                models.Q(("after", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="lowered_fee_says_to_what",
                            violation_error_message="请写降到多少。",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BenefitList",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "policy",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="benefit_lists",
                            to="growth.policy",
                        ),
                    ),
                    (
                        "made_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("made_at", models.DateTimeField()),
                    (
                        "confirmed_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["-pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("confirmed_by__isnull", True),
                                models.Q(("confirmed_by", models.F("made_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="benefit_list_is_confirmed_by_another",
                            violation_error_message="生成名单的人不能确认它。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                                models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="benefit_list_is_confirmed_at_a_time",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BenefitListItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "benefit_list",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="items", to="growth.benefitlist"
                        ),
                    ),
                    (
                        "enterprise",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="growth.enterprise"
                        ),
                    ),
                    ("facts", models.JSONField()),
                ],
                options={
                    "ordering": ["enterprise__division", "enterprise"],
                    "constraints": [
                        models.UniqueConstraint(fields=("benefit_list", "enterprise"), name="firm_is_on_a_list_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Redemption",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "policy",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="redemptions", to="growth.policy"
                        ),
                    ),
                    (
                        "enterprise",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="redemptions",
                            to="growth.enterprise",
                        ),
                    ),
                    (
                        "benefit_list",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="redemptions",
                            to="growth.benefitlist",
                        ),
                    ),
                    ("facts", models.JSONField()),
                    ("started_on", models.DateField()),
                    ("due_on", models.DateField()),
                    ("clock", models.JSONField()),
                    (
                        "registered_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("paid_on", models.DateField(blank=True, null=True, verbose_name="兑付日期")),
                    (
                        "amount",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            max_digits=14,
                            null=True,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="金额（元；减免、展期的填减免额，没有金额填 0）",
                        ),
                    ),
                    ("refused_on", models.DateField(blank=True, null=True)),
                    ("reason", models.CharField(blank=True, max_length=400)),
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
                ],
                options={
                    "ordering": ["due_on", "pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("refused_on__isnull", True)),
                            fields=("policy", "enterprise"),
                            name="firm_is_granted_a_policy_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("decided_by__isnull", True),
                                models.Q(("decided_by", models.F("registered_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="redemption_is_decided_by_another",
                            violation_error_message="登记的人不能办结它：由政策的主管部门兑付。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("paid_on__isnull", True),
                                models.Q(("amount__isnull", False), ("decided_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="redemption_paid_has_an_amount",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("refused_on__isnull", True),
                                models.Q(models.Q(("reason", ""), _negated=True), ("decided_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="redemption_refused_has_a_reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("paid_on__isnull", True), ("refused_on__isnull", True), _connector="OR"
                            ),
                            name="redemption_is_paid_or_refused",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("paid_on__isnull", True), ("paid_on__gte", models.F("started_on")), _connector="OR"
                            ),
                            name="redemption_is_paid_after_it_began",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ScreeningRule",
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
                    ("number", models.PositiveSmallIntegerField()),
                    ("values", models.JSONField()),
                    ("basis", models.CharField(max_length=200, verbose_name="依据")),
                    (
                        "by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["city", "number"],
                    "constraints": [
                        models.UniqueConstraint(fields=("city", "number"), name="screening_rules_are_numbered")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Screening",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "project",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="screenings", to="growth.project"
                        ),
                    ),
                    (
                        "rule",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="screenings",
                            to="growth.screeningrule",
                        ),
                    ),
                    ("facts", models.JSONField()),
                    ("tax", models.DecimalField(decimal_places=1, max_digits=5)),
                    ("innovation", models.DecimalField(decimal_places=1, max_digits=5)),
                    ("green", models.DecimalField(decimal_places=1, max_digits=5)),
                    ("total", models.DecimalField(decimal_places=1, max_digits=5)),
                    (
                        "decision",
                        models.CharField(
                            choices=[
                                ("proceed", "proceed"),
                                ("improve", "improve"),
                                ("reject", "reject"),
                                ("incomplete", "incomplete"),
                            ],
                            max_length=12,
                        ),
                    ),
                    ("text", models.CharField(max_length=400)),
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
                },
            ),
        ),
    ]
