"""What the parts and indicators of the ASEM example are called in Chinese."""

CHINESE = {
    "Index": "可持续联通指数", "Conn": "联通", "Sust": "可持续", "Physical": "设施联通", "ConEcFin": "经贸联通", "Political": "政治联通",
    "Instit": "制度联通", "P2P": "人员往来", "Environ": "环境", "Social": "社会", "SusEcFin": "经济", "LPI": "物流绩效", "Flights": "国际航班",
    "Ship": "航运联通", "Bord": "过境口岸", "Elec": "电力贸易", "Gas": "天然气贸易", "ConSpeed": "网速", "Cov4G": "4G 覆盖",
    "Goods": "货物贸易", "Services": "服务贸易", "FDI": "外商投资", "PRemit": "个人汇款", "ForPort": "证券投资", "Embs": "使馆",
    "IGOs": "国际组织", "UNVote": "联合国投票一致度", "CostImpEx": "进出口成本", "Tariff": "关税", "TBTs": "技术壁垒", "TIRcon": "TIR 公约",
    "RTAs": "贸易协定", "Visa": "免签", "StMob": "留学生", "Research": "合作论文", "Pat": "合作专利", "CultServ": "文化服务", "CultGood": "文化产品",
    "Tourist": "游客", "MigStock": "移民", "Lang": "共同语言", "Renew": "可再生能源", "PrimEner": "单位产出能耗", "CO2": "人均二氧化碳",
    "MatCon": "人均物耗", "Forest": "森林净损失", "Poverty": "贫困人口", "Palma": "帕尔马比", "TertGrad": "高校毕业生", "FreePress": "新闻自由",
    "TolMin": "对少数群体的包容", "NGOs": "国际民间组织", "CPI": "清廉指数", "FemLab": "女性就业", "WomParl": "女性议员", "PubDebt": "公共债务",
    "PrivDebt": "私人债务", "GDPGrow": "人均产出增长", "RDExp": "研发投入", "NEET": "不学不工青年",
}  # fmt: skip
