"""The command line: thin, it calls the rooms' actions."""

import argparse
import logging
import os
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``yizhen``."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.data:
        os.environ["YIZHEN_DATA"] = str(Path(options.data).resolve())
    else:
        os.environ.setdefault("YIZHEN_DATA", str(Path("data").resolve()))
    if "tls" in options:
        options.port = options.port or (8443 if options.tls else 8000)
        os.environ["YIZHEN_TLS"] = "1" if options.tls else ""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yizhen.config.settings")
    try:
        return int(options.run(options) or 0)
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yizhen", description="一针 Yizhen — 述职评议和基层事项平台")
    parser.add_argument("--data", help="数据目录 · data directory (YIZHEN_DATA, default ./data)")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, run: object, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        command.add_argument("--data", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        return command

    def server_options(command: argparse.ArgumentParser) -> None:
        command.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        command.add_argument("--port", type=int, default=int(os.environ.get("PORT", "0")) or None)
        command.add_argument(
            "--tls", action="store_true", help="用 HTTPS，证书由本站自己签发 · HTTPS, with a local authority"
        )
        command.add_argument(
            "--name", action="append", default=[], help="另一个网址或 IP · another name of this machine"
        )
        command.add_argument(
            "--door", type=int, default=8080, help="手机下载证书的 HTTP 端口 · plain HTTP for phones' set-up"
        )
        command.add_argument("--workers", type=int, default=max(2, os.cpu_count() or 2))

    demo = add("demo", demo_command, "建立虚构的清澜市并启动 · make the fictional city and serve it")
    server_options(demo)
    demo.add_argument("--no-serve", action="store_true", help="只建立数据 · only make the data")
    demo.add_argument("--year", action="store_true", help="加上一年的历史：六万件事项 · with a year of 60,000 matters")
    demo.add_argument("--stage", choices=("ready", "finished"), default="ready", help=argparse.SUPPRESS)
    init = add("init", init_command, "用全国区划表建立自己的城市 · make your own city from the national table")
    init.add_argument("--city", required=True, help="区划代码或名称 · code or name, e.g. 3210 or 扬州市")
    init.add_argument("--no-villages", action="store_true", help="不载入村（社区） · leave villages out")
    server_options(add("serve", serve_command, "启动网站 · serve the site"))
    backup = add("backup", backup_command, "备份数据目录 · back the data directory up")
    backup.add_argument("target", nargs="?", help="备份文件 · file to write (.zip)")
    again = add("recount", recount_command, "复核一次投票的结果 · recount a ballot from its kit")
    again.add_argument("rest", nargs=argparse.REMAINDER, help="kit.json [--digest …] [--sheets sheets.json]")
    unseal = add("unseal", unseal_command, "用两份密钥打开封存的整张票 · open sealed sheets with two shares")
    unseal.add_argument("sealed", help="封存的整张票 · the sealed sheets")
    unseal.add_argument("target", help="写到哪里 · file to write")
    secrecy = add("secrecy", secrecy_command, "保密自检 · try the known attacks on the live round")
    secrecy.add_argument("--campaign", type=int, help="评议编号，缺省为最近一次 · campaign id, default the latest")
    rehearse = add("rehearse", rehearse_command, "会前演练：能不能开 · rehearse a vote opening: go or no-go")
    rehearse.add_argument("--voters", type=int, default=200, help="手机数 · phones (200)")
    rehearse.add_argument("--seconds", type=float, default=30, help="多少秒内到场 · within which they arrive (30)")
    rehearse.add_argument("--url", help="手机用的网址 · the address that phones use (http://LAN:PORT)")
    rehearse.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    signals = add("signals", signals_command, "计算异常信号 · look for signs of gaming")
    signals.add_argument(
        "--period", help="月或季度，如 2026Q3；缺省为上一季度 · month or quarter, default the last quarter"
    )
    signals.add_argument(
        "--check", action="store_true", help="对照已知造假，量准确率 · measure on the year's known frauds"
    )
    signals.add_argument("--seeds", type=int, default=3, help="几个没有造假的年份 · clean years to measure on (3)")
    signals.add_argument("--write", help="把误报率写到文件 · file to write the false-alarm rates to")
    add(
        "reindex",
        reindex_command,
        "重建事项的检索索引（区划改名以后） · make the search index of matters anew (after places were renamed)",
    )
    add("verify", verify_command, "核对审计链和文件 · walk the audit chain and check the files")
    return parser


def _setup() -> None:
    import django

    django.setup()


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def demo_command(options: argparse.Namespace) -> int:
    """Make the fictional city (once), print one-time sign-in links, serve."""
    started = time.monotonic()
    _setup()
    _migrate()
    from yizhen.demo.actions import is_made, make_demo, sign_in_links

    if is_made():
        print("✓ 演示城市已存在，沿用原有数据 · the demo city exists, its data is kept", flush=True)
    else:
        try:
            make_demo(lambda text: print(f"  · {text}", flush=True), stage=options.stage)
        except PermissionError as error:
            print(f"✗ {error}", file=sys.stderr)
            return 2
    if options.year:
        from yizhen.demo.year.making import is_year_made, make_year

        if not is_year_made():
            make_year(lambda text: print(f"  · {text}", flush=True))
    print(f"✓ {time.monotonic() - started:.0f} s", flush=True)
    base = _base_address(options.host, options.port, tls=options.tls)
    print(f"\n清澜市（虚构）演示 · demo of fictional Qinglan City: {base}\n")
    print("一次性登录链接（仅演示） · one-time sign-in links (demo only):")
    for title, path in sign_in_links():
        print(f"  {title:<34} {base}{path}")
    print(f"  {'居民 · resident':<34} {base}/ask/\n", flush=True)
    if options.no_serve:
        return 0
    return _serve(options)


def init_command(options: argparse.Namespace) -> int:
    """Make a real city: its divisions, the catalogue, and the way to the first-run wizard."""
    _setup()
    _migrate()
    from yizhen.console.founding import AlreadyFounded, found_city
    from yizhen.places.national import UnknownDivision

    try:
        city, counts = found_city(options.city, villages=not options.no_villages)
    except UnknownDivision as error:
        print(f"✗ {error}", file=sys.stderr)
        return 2
    except AlreadyFounded as error:
        print(f"✗ {error}", file=sys.stderr)
        return 2
    print(f"✓ {city.name_zh} {city.code}")
    for level, number in counts.items():
        print(f"  · {level}: {number}")
    print(
        "\n下一步 · next: yizhen serve,然后打开网站，建立三名管理员 · then open the site and create the three administrators"
    )
    return 0


def serve_command(options: argparse.Namespace) -> int:
    """Serve the site."""
    _setup()
    _migrate()
    from yizhen.indicators.actions import forget_expired
    from yizhen.matters.actions import forget_sealed
    from yizhen.people.queries import has_administrators

    forget_expired()
    forget_sealed()
    base = _base_address(options.host, options.port, tls=options.tls)
    print(f"一针 Yizhen: {base}", flush=True)
    if not has_administrators():
        print(f"首次使用 · first run: {base}/first-run/", flush=True)
    return _serve(options)


def _serve(options: argparse.Namespace) -> int:
    if options.host == "0.0.0.0":  # noqa: S104  # the hall's network is what it is for
        import segno

        base = _base_address(options.host, options.port, tls=options.tls)
        print(f"局域网地址 · LAN address: {base}")
        segno.make(base).terminal(compact=True)
    if _port_taken(options.host, options.port):
        print(f"✗ 端口 {options.port} 已被占用 · port {options.port} is taken: PORT=8001 …", file=sys.stderr)
        return 2
    from django.db import connections

    connections.close_all()
    _allow_open_files()
    try:
        return _keep_serving(options, _secure(options) if options.tls else {})
    except ValueError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 2


def _secure(options: argparse.Namespace) -> dict[str, Any]:
    """Return granian's options for TLS, once the certificates are there and the door for phones is open."""
    from granian.constants import SSLProtocols

    from yizhen.config import doorstep, tls

    data = Path(os.environ["YIZHEN_DATA"])

    def certificates() -> tuple[tls.Files, bool]:
        return tls.ensure(data, options.name, tls.machine_names())

    def application() -> doorstep.Application:
        from yizhen.config.wsgi import site

        return site

    files, _new = certificates()
    print(f"证书指纹 · SHA-256 of {files.authority}:\n  {tls.fingerprint(files.authority)}")
    if options.door and not _port_taken(options.host, options.door):
        doorstep.open_door(options.host, options.door, options.port, lambda: certificates()[1], application)
        print(f"手机先打开 · phones open first: {_base_address(options.host, options.door)}/", flush=True)
    elif options.door:
        print(f"✗ 端口 {options.door} 已被占用 · port {options.door} is taken: --door …", file=sys.stderr)
    return {"ssl_cert": files.server, "ssl_key": files.server_key, "ssl_protocol_min": SSLProtocols.tls12}


def _keep_serving(options: argparse.Namespace, secure: dict[str, Any]) -> int:
    """Serve until somebody ends it. Granian gives up when a worker dies twice in five seconds; a hall cannot."""
    from granian import Granian
    from granian.constants import Interfaces

    # Threads wait for each other's commits more than they compute, so granian's doubt about their number is not told.
    # With more of them than this, PostgreSQL's usual hundred connections would not do: each keeps one.
    threads = max(4, 32 // options.workers)
    logging.getLogger("_granian").addFilter(lambda line: "quite high" not in line.getMessage())
    while True:
        server = Granian(
            "yizhen.config.wsgi:application",
            address=options.host,
            port=options.port,
            interface=Interfaces.WSGI,
            workers=options.workers,
            blocking_threads=threads,
            backlog=2048,
            respawn_failed_workers=True,
            workers_kill_timeout=10,  # a worker that was told to end before it could listen would keep us for ever
            log_access=False,  # a line per request would put a time beside a sheet (ADR 1)
            log_level="warning",  # type: ignore[arg-type]
            **secure,
        )
        try:
            server.serve()
        except SystemExit:
            if not server.interrupt_signal:
                time.sleep(1)
        if server.interrupt_signal:
            return 0


def _allow_open_files() -> None:
    """Allow as many open files as the system lets us: a hall of phones holds more connections than the usual 1,024."""
    import resource

    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def backup_command(options: argparse.Namespace) -> int:
    """Back up the data directory; refused while a ballot is open."""
    _setup()
    from yizhen.console.keeping import BallotIsOpen, back_up

    try:
        target, size = back_up(Path(options.target) if options.target else None)
    except BallotIsOpen as error:
        print(f"✗ {error}", file=sys.stderr)
        return 2
    print(f"✓ {target} ({size / 1e6:.1f} MB)")
    return 0


def rehearse_command(options: argparse.Namespace) -> int:
    """Replay a vote opening against the running server. Returns 0 for go, 1 for no-go, 2 when it is refused."""
    _setup()
    from yizhen.demo.rehearsal import Refused, rehearse

    url = options.url or _base_address("0.0.0.0", options.port)  # noqa: S104
    try:
        checks = rehearse(url, options.voters, options.seconds, lambda text: print(f"  · {text}", flush=True))
    except Refused as error:
        print(f"✗ {error}", file=sys.stderr)
        return 2
    for check in checks:
        print(f"  {check}")
    go, first = all(check.holds for check in checks), checks[0]
    print(f"{'✓ 可以开会 · GO' if go else '✗ 不能开会 · NO-GO'}")
    print(f"  最先出问题的会是 · what would fail first: {first.name} ({first.found})")
    return 0 if go else 1


def reindex_command(_options: argparse.Namespace) -> int:
    """Make the search index of all matters anew."""
    _setup()
    _migrate()
    from yizhen.matters.actions import reindex_matters

    number = reindex_matters(lambda done: print(f"  · {done:,}", flush=True) if done % 100_000 == 0 else None)
    print(f"✓ {number:,}")
    return 0


def verify_command(_options: argparse.Namespace) -> int:
    """Walk the audit chain, name the first broken link, and check evidence files and frozen campaigns."""
    _setup()
    from yizhen.console.keeping import verify

    found = verify()
    for line in found.lines:
        print(line)
    return 0 if found.whole else 1


def signals_command(options: argparse.Namespace) -> int:
    """Look for signs in a period, or measure how well they are found. Returns 2 when there is nothing to look at."""
    _setup()
    from yizhen.demo.year.measuring import NoYear, find_in, measure

    def say(text: str) -> None:
        print(text, flush=True)

    try:
        if options.check:
            measure(say, seeds=options.seeds, target=Path(options.write) if options.write else None)
        else:
            find_in(options.period, say)
    except NoYear as error:
        print(f"✗ {error}", file=sys.stderr)
        return 2
    return 0


def recount_command(options: argparse.Namespace) -> int:
    """Recount a kit: runs the stand-alone program, which needs neither the site nor its data."""
    from yizhen.appraisals.recount import main as recount

    return recount(options.rest)


def unseal_command(options: argparse.Namespace) -> int:
    """Open a sealed kit with two shares, open every sealed sheet in it again, and write the whole sheets."""
    import getpass

    from yizhen.appraisals.recount import SHEETS, Refused, read_kit
    from yizhen.appraisals.shares import WrongShare

    _setup()
    from yizhen.appraisals.kit import differences, open_kit

    try:
        content = Path(options.sealed).read_bytes()
        shares = [getpass.getpass(f"第 {n} 份密钥 · share {n}: ") for n in (1, 2)]
        plain, key = open_kit(content, shares)
    except (Refused, WrongShare, OSError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 2
    sheets, digest = read_kit(plain, SHEETS)
    if found := differences(sheets, key):
        print(f"✗ 开出的与计票的不同 · opened otherwise than counted: {dict(found)}", file=sys.stderr)
        return 1
    with open(options.target, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(plain)
    print(f"✓ 每张封好的票开出来都与计票的一致 · every sealed sheet opens as it was counted\n✓ 摘要 digest {digest}")
    return 0


def secrecy_command(options: argparse.Namespace) -> int:
    """Try the known attacks on a campaign's latest round and print the certificate."""
    _setup()
    from django.utils.translation import override

    from yizhen.appraisals.models import Round
    from yizhen.appraisals.secrecy import LIMITS, POSSIBLE, certificate

    rounds = Round.objects.exclude(state="prepared").select_related("campaign")
    if options.campaign:
        rounds = rounds.filter(campaign=options.campaign)
    round_ = rounds.order_by("-opened_at").first()
    if round_ is None:
        print("✗ 还没有投过票 · no ballot has been opened", file=sys.stderr)
        return 2
    found = certificate(round_)

    def both(text: object) -> str:
        with override("zh-hans"):
            chinese = str(text)
        with override("en"):
            return chinese if str(text) == chinese else f"{chinese} · {text}"

    signs = {"held": "✓", POSSIBLE: "✗"}
    print(f"{found.title} · {found.number} · {found.state} · {found.sheets}\n{found.database} · Yizhen {found.version}")
    print(f"{found.at:%Y-%m-%d %H:%M:%S %z}\n规则 rules {found.config_hash}\n票根 root {found.root or '—'}\n")
    for attempt in found.attempts:
        more = f" ({', '.join(attempt.found)})" if attempt.found else ""
        print(f"{signs.get(attempt.outcome, '—')} {both(attempt.name)}: {both(attempt.outcome_name)}{more}")
    print("\n这份自检说明不了的 · what this test cannot show")
    for limit in LIMITS:
        print(f"  · {both(limit)}")
    return 0 if found.held or found.is_open else 1


def _base_address(host: str, port: int, *, tls: bool = False) -> str:
    if host == "0.0.0.0":  # noqa: S104
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("192.0.2.1", 9))  # a documentation address: nothing is sent, the route names our side
                host = probe.getsockname()[0]
            except OSError:
                host = "127.0.0.1"
    return f"http{'s' if tls else ''}://{host}:{port}"


def _port_taken(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


if __name__ == "__main__":
    raise SystemExit(main())
