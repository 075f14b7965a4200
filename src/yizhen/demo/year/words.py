"""What is written in the simulated year: titles, reports, phrases that everybody uses. All invented."""

from random import Random

SPOTS = (
    "北门外三岔路口", "老供销社门前", "河西泵站旁边", "和平里十二幢楼下", "工业集中区二号路", "文化广场东侧", "中心小学围墙外",
    "前湾桥西头", "卫生院后巷", "农贸市场南门", "村委会停车场", "圩堤一公里桩处", "旧粮站院内", "安置小区三期", "客运站出口",
    "林场岔道口", "养殖区排水沟", "古渡口平台", "污水处理站外", "变电所北侧", "敬老院门口", "茶园机耕路", "园区食堂后面", "桥头加油站旁",
)  # fmt: skip
PROBLEMS = (
    "路面破损积水", "路灯整夜不亮", "垃圾堆放未清", "下水井盖松动", "围墙倾斜开裂", "噪声影响休息", "水压不足断水", "电线低垂裸露",
    "消防通道被占", "树枝遮挡信号灯", "公交站牌损坏", "油烟异味扰民", "河面漂浮杂物", "违规搭建棚屋", "护栏缺失松动", "费用公示不清",
)  # fmt: skip
DID = (
    "当天派人到现场查看并拍照留底", "会同社区和物业逐户核对情况", "联系施工队更换了损坏的构件", "组织人员清运并冲洗了地面",
    "调来水车疏通了堵塞的管段", "重新固定支架并补了防护网", "请第三方检测后出具了报告", "约谈经营户并签了整改承诺",
    "增设标志并调整了巡查班次", "协调供电所停电后改了线路", "补办手续并在公示栏贴出", "按图纸重新浇筑了基础",
)  # fmt: skip
FOUND = (
    "住户代表到场看过没有异议", "复测数据低于控制值", "连续观察三天没有再出现", "通水试压两小时无渗漏", "夜间再查一次恢复正常",
    "经营户已按承诺搬走物品", "周边群众说比以前方便", "台账照片已经归档备查", "施工队承诺保修一年", "负责人留下电话随时联系",
    "交给物业纳入日常养护", "下月再安排一次抽查",
)  # fmt: skip
THEN = (
    "费用从年度养护资金列支", "已告知反映人办理经过", "同类点位一并排查完毕", "值班人员每日两次巡看", "网格员继续跟踪关注",
    "有关资料报送主管科室", "后续由村里明确专人管护", "雨季前再做一次检修", "与相邻路段统筹安排", "列入下季度维护计划",
)  # fmt: skip
STOCK = (
    "接件后高度重视，立即安排专人办理，现已办理完毕，群众表示满意。",
    "经核实情况属实，已按有关规定处理到位，并做好解释说明工作。",
    "已落实整改措施，举一反三开展排查，确保同类问题不再发生。",
)
COPIED = "收到后第一时间组织力量现场处置，问题已全部解决，反映人对结果非常满意，下步继续加强管理。"


def title(chance: Random) -> str:
    """Return a title."""
    return chance.choice(SPOTS) + chance.choice(PROBLEMS)


def asked(chance: Random) -> str:
    """Return what was asked."""
    return f"{chance.choice(SPOTS)}{chance.choice(PROBLEMS)}，已有{chance.randint(2, 40)}天，请派人处理。"


def report(chance: Random, problem: str) -> str:
    """Return an honest report: what was done, what was found, what comes next."""
    return f"{problem}一件，{chance.choice(DID)}，{chance.choice(FOUND)}，{chance.choice(THEN)}。"
