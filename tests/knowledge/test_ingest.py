"""Files into a base: what is taken, what is not, and the reason for each."""

from __future__ import annotations

import errno
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.documents.ingest import Report, grouped, ingest
from knowledge.index.manifest import read_manifest
from knowledge.published.store import EntryStore
from knowledge.query import Query
from knowledge.sources.decode import MAX_BYTES
from knowledge.sources.mapping import FieldMap, MapError, parse_map
from knowledge.sources.raw import Problem, Raw
from knowledge.sources.read import read_file
from tests.knowledge.conftest import TODAY

pytestmark = pytest.mark.usefixtures("few_probes")

GUIDE = """---
id: {id}
title: {title}
region: "340100"
audience: [person]
effective_from: 2025-01-01
questions: [{title}怎么办]
---
{text}

## 需要材料
- 身份证
"""
DATED_LAW = (
    "# 示例市养犬条例\n\n第一条 甲。\n\n第二条 乙。\n\n第三条 自{}年1月1日起施行，有效期{}年。\n"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tmp_path / "base"


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def guide(folder: Path, entry_id: str, title: str, text: str = "到窗口办理。") -> Path:
    return write(folder, f"{entry_id}.md", GUIDE.format(id=entry_id, title=title, text=text))


def take(base: Path, *paths: Path, **options: object) -> Report:
    return ingest(base, paths, **options)  # type: ignore[arg-type]


def reasons(report: Report) -> str:
    return "\n".join(f"{p.where}：{p.reason}" for p in report.skipped)


def reasons_of_doubt(report: Report) -> str:
    return "\n".join(p.reason for p in report.warnings)


def test_the_same_folder_twice_changes_nothing(source: Path, base: Path) -> None:
    guide(source, "a", "居住证办理")
    guide(source, "b", "护照换领")
    first = take(base, source)
    assert (first.added, first.skipped) == (2, [])
    before = read_manifest(base)
    second = take(base, source)
    assert (second.added, second.changed, second.same) == (0, 0, 2)
    assert read_manifest(base) == before


def test_changed_text_makes_a_new_version(source: Path, base: Path) -> None:
    guide(source, "a", "居住证办理", "旧规定。")
    take(base, source)
    guide(source, "a", "居住证办理", "新规定。")
    assert take(base, source).changed == 1
    hits = KnowledgeBase(base).search(Query("居住证办理规定", TODAY, "340104")).hits
    assert hits[0].entry.sections[0].text == "新规定。"
    with EntryStore(base / "entries.sqlite") as store:
        assert [v.number for v in store.versions(hits[0].entry.id)] == [2, 1]


def test_moving_a_file_makes_no_version(source: Path, base: Path) -> None:
    path = guide(source, "a", "居住证办理")
    take(base, source)
    path.rename(source / "renamed.md")
    assert take(base, source).same == 1


def test_an_entry_says_where_it_is_from_and_for_whom(source: Path, base: Path) -> None:
    guide(source, "a", "居住证办理")
    take(base, source)
    entry = KnowledgeBase(base).search(Query("居住证", TODAY)).hits[0].entry
    assert (entry.region, entry.audience.names) == ("340100", ("person",))
    assert [(s.heading, s.key) for s in entry.sections] == [("", ""), ("需要材料", "materials")]


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("title: 甲\nregion: 三四", "区划代码看不懂"),
        ("title: 甲\neffective_from: 去年", "日期看不懂"),
        ("title: 甲\neffective_from: 2025-02-30", "没有这一天"),
        ("title: 甲\neffective_from: 2025-02-01\neffective_to: 2024-01-01", "早于生效日期"),
        ("title: 甲\naudience: 外星人", "适用对象看不懂"),
        ("title: 甲\neffectve_from: 2025-01-01", "不认识的字段"),
        ("title: 甲\nid: a\nsupersedes: a", "取代了自己"),
        ("title: [甲", "文件头"),
        ("title: 甲\nid: 'a#b'", "编号"),
        ("- 甲", "应当是"),
    ],
)
def test_front_matter_that_makes_no_sense_is_named_and_the_rest_goes_on(
    source: Path, base: Path, front: str, said: str
) -> None:
    write(source, "bad.md", f"---\n{front}\n---\n正文。")
    guide(source, "good", "居住证办理")
    report = take(base, source)
    assert said in reasons(report)
    assert "bad.md" in reasons(report)
    assert report.added == 1


def test_a_number_that_is_written_with_zeros_stays_a_region(source: Path, base: Path) -> None:
    write(source, "a.md", "---\ntitle: 甲\nregion: 000000\n---\n正文。")
    assert take(base, source).added == 1


def test_an_entry_without_region_is_taken_and_reported(source: Path, base: Path) -> None:
    write(source, "a.md", "---\ntitle: 甲\n---\n正文。")
    report = take(base, source)
    assert report.added == 1
    assert any("没有写地区" in p.reason for p in report.warnings)


def test_the_second_of_two_like_ids_is_left_out_with_both_places_named(
    source: Path, base: Path
) -> None:
    write(source, "1.md", GUIDE.format(id="x", title="甲事", text="一"))
    write(source, "2.md", GUIDE.format(id="x", title="乙事", text="二"))
    report = take(base, source)
    assert report.added == 1
    assert "重复" in reasons(report)
    assert "1.md" in reasons(report)
    assert "2.md" in reasons(report)


def test_entries_that_replace_each_other_in_a_circle_are_left_out(source: Path, base: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        write(source, f"{one}.md", f"---\ntitle: {one}\nsupersedes: {other}\n---\n正文。")
    guide(source, "good", "居住证办理")
    report = take(base, source)
    assert report.added == 1
    assert reasons(report).count("成了环") == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_any_office_encoding_is_read(source: Path, base: Path, encoding: str) -> None:
    text = GUIDE.format(id="a", title="居住证办理", text="到窗口办理。")
    write(source, "a.md", text, encoding)
    take(base, source)
    assert KnowledgeBase(base).search(Query("居住证", TODAY)).hits[0].entry.title == "居住证办理"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.md", b"\x00\x01\x02\x03" * 50, "二进制"),
        ("a.md", b"\xff\xff\x81\x00" * 50, "二进制"),
        ("a.md", "居住".encode("gb18030") + b"\xff\xff", "编码"),
        ("a.docx", b"not a zip", "损坏"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧版 Office"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("a.xlsx", b"PK\x03\x04 broken", "损坏"),
        ("a.pdf", b"%PDF-1.4 broken", "损坏"),
        ("a.pdf", b"hello", "不是 PDF"),
        ("a.doc", b"x", "旧版 Office"),
        ("a.exe", b"MZ", "不支持"),
        ("a.json", b"{", "JSON 写错了"),
        ("a.json", b"[" * 100000, "JSON"),
        ("a.jsonl", b"{broken\n", "完整的 JSON"),
        ("a.csv", b"", "空"),
        ("a.html", b"\x89PNG\r\n\x1a\n\x00\x00", "二进制"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_the_rest_goes_on(
    source: Path, base: Path, name: str, content: bytes, said: str
) -> None:
    (source / name).write_bytes(content)
    guide(source, "good", "居住证办理")
    report = take(base, source)
    assert said in reasons(report)
    assert name in reasons(report)
    assert report.added == 1


def test_a_zip_bomb_is_refused_before_it_is_opened(source: Path, base: Path) -> None:
    with zipfile.ZipFile(source / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 40_000_000)
    assert "压缩炸弹" in reasons(take(base, source))


def test_a_file_of_half_a_gigabyte_is_refused_unread(source: Path, base: Path) -> None:
    with (source / "huge.jsonl").open("wb") as file:
        file.truncate(5 * MAX_BYTES)
    assert "文件太大" in reasons(take(base, source))


def test_a_folder_that_is_not_there_leaves_the_base_as_it_was(source: Path, base: Path) -> None:
    guide(source, "a", "居住证办理")
    take(base, source)
    before = read_manifest(base)
    report = take(base, source / "gone", prune=True)
    assert "没有这个文件或文件夹" in reasons(report)
    assert read_manifest(base) == before


def test_pruning_removes_only_what_came_from_there_and_is_gone(source: Path, base: Path) -> None:
    kept, gone = source / "one", source / "one-more"
    kept.mkdir()
    gone.mkdir()
    guide(kept, "a", "居住证办理")
    old = guide(kept, "b", "护照换领")
    guide(gone, "c", "结婚登记")
    take(base, source)
    old.unlink()
    report = take(base, kept, prune=True)
    assert report.removed == 1
    found = {h.entry.id for h in KnowledgeBase(base).search(Query("办理换领登记", TODAY)).hits}
    assert found == {"a", "c"}


def test_a_broken_file_forbids_pruning(source: Path, base: Path) -> None:
    guide(source, "a", "居住证办理")
    old = guide(source, "b", "护照换领")
    take(base, source)
    old.write_bytes(b"\x00\x01\x02\x03" * 50)
    assert take(base, source, prune=True).removed == 0


def test_rows_are_taken_by_a_map_of_fields(source: Path, base: Path) -> None:
    rows = [{"code": "x1", "name": "居住证办理", "body": "到窗口。", "area": 340100, "noise": 1}]
    path = write(source, "a.jsonl", "\n".join(json.dumps(r, ensure_ascii=False) for r in rows))
    field_map = parse_map("id=code,title=name,text=body,region=area,=kind=faq")
    assert take(base, path, field_map=field_map).added == 1
    entry = KnowledgeBase(base).search(Query("居住证", TODAY)).hits[0].entry
    assert (entry.id, entry.region, entry.kind) == ("x1", "340100", "faq")


def test_a_service_item_becomes_sections_and_fields(source: Path, base: Path) -> None:
    item = {
        "TASK_CODE": "T1",
        "matter_name": "居住证签注",
        "CATANAME": "居住证",
        "DEPT_NAME": "某市公安局",
        "AREACODE": "340100",
        "service_object_name": ["自然人"],
        "material_intro": ["居民身份证", "居住证"],
        "handle_time": "30(工作日)",
        "handle_time_limit": "1(工作日)",
        "handle_location": "办理地点：政务大厅3号窗口",
        "consult_phone": "0000-12345",
        "accept_standard": "居住满一年。",
    }
    path = write(source, "items.jsonl", json.dumps(item, ensure_ascii=False))
    assert take(base, path, field_map=parse_map("service-items")).added == 1
    entry = KnowledgeBase(base).search(Query("居住证签注", TODAY)).hits[0].entry
    told = {field.key: field.value for field in entry.fields}
    assert told["materials"] == "1. 居民身份证\n2. 居住证"
    assert told["promised_time"] == "1个工作日"
    assert told["place"] == "政务大厅3号窗口"
    assert told["phone"] == "0000-12345"
    assert entry.kind == "service"
    assert entry.aliases == ("居住证",)
    assert [s.key for s in entry.sections].count("time") == 2


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("nothing", "没有现成映射"),
        ("id", "没有现成映射"),
        ("id=,title=x", "写错"),
        ("colour=x", "不认识"),
        ("=kind=faq", "空的"),
    ],
)
def test_a_wrong_map_is_refused_with_the_mistake(spec: str, said: str) -> None:
    with pytest.raises(MapError, match=said):
        parse_map(spec)


def test_questions_and_answers_in_a_table_are_taken(source: Path, base: Path) -> None:
    write(
        source,
        "qa.csv",
        "问题,答案,地区\n居住证多久办好,五天。,340100\n护照多少钱,120元。,340100\n",
        "gb18030",
    )
    report = take(base, source)
    assert report.added == 2
    hit = KnowledgeBase(base).search(Query("护照多少钱", TODAY)).hits[0]
    assert hit.passage.text == "120元。"


def test_columns_that_are_not_understood_are_reported_once(source: Path, base: Path) -> None:
    write(source, "qa.csv", "问题,答案,心情\n甲,一。,好\n乙,二。,坏\n")
    report = take(base, source)
    assert report.added == 2
    assert [p.reason for p in report.warnings if "心情" in p.reason] == ["没有用到的列：心情"]


def test_like_reasons_are_told_in_one_line(source: Path, base: Path) -> None:
    write(source, "qa.csv", "问题,答案\n" + "".join(f"事{n},答{n}。\n" for n in range(30)))
    lines = grouped(take(base, source).warnings)
    assert [line for line in lines if "qa.csv:2、" in line and "等 30 处" in line]


def test_a_folder_that_vanishes_meanwhile_costs_nothing_that_was_there(
    source: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for name in ("a", "b", "c"):
        guide(source, name, f"{name}类居住证办理")
    take(base, source)
    guide(other, "d", "护照办理")

    def unplugged(path: Path, field_map: FieldMap | None = None) -> Iterator[Raw | Problem]:
        yield from read_file(path, field_map)
        shutil.rmtree(source, ignore_errors=True)

    monkeypatch.setattr("knowledge.documents.ingest.read_file", unplugged)
    report = take(base, source, other, prune=True)
    lost = [problem.where for problem in report.skipped]
    assert lost == [str(source / "b.md"), str(source / "c.md")]
    assert all("读不到文件" in problem.reason for problem in report.skipped)
    assert (report.added, report.removed) == (1, 0)
    assert KnowledgeBase(base).snapshot.manifest.entries == 4


def test_files_of_one_name_in_two_folders_are_two_entries_and_stay_them(
    source: Path, base: Path
) -> None:
    for folder, words in (("公安", "到派出所。"), ("民政", "到民政局。")):
        (source / folder).mkdir()
        write(
            source / folder, "指南.md", f'---\ntitle: {folder}指南\nregion: "000000"\n---\n{words}'
        )
    assert take(base, source).added == 2
    assert take(base, source).same == 2
    assert take(base, source / "民政").same == 1


def notice(name: str, number: str, text: str) -> str:
    return f'---\ntitle: {name}\ndocument_number: {number}\nregion: "340000"\n{text}'


@pytest.mark.parametrize("called", ["示人社〔2018〕5号", "示人社[2018] 5号", "《示例补贴办法》"])
@pytest.mark.parametrize("new_first", [True, False])
def test_a_rule_is_replaced_by_its_number_or_title_whichever_came_first(
    source: Path, base: Path, called: str, new_first: bool
) -> None:
    old = write(
        source,
        "old.md",
        notice("关于印发《示例补贴办法》的通知", "示人社〔2018〕5号", "---\n每月一百元。"),
    )
    new = write(
        source,
        "new.md",
        notice(
            "示例补贴细则",
            "示人社〔2024〕3号",
            f"effective_from: 2024-07-01\nsupersedes: ['{called}']\n---\n每月二百元。",
        ),
    )
    for path in (new, old) if new_first else (old, new):
        report = take(base, path)
    said = [problem.reason for problem in report.warnings]
    assert not [reason for reason in said if "不在库里" in reason]
    hits = KnowledgeBase(base).search(Query("补贴每月多少", TODAY, "340000")).hits
    assert [hit.entry.id for hit in hits] == ["new"]
    assert take(base, source).same == 2


def test_a_name_that_several_entries_have_ends_none_and_is_reported(
    source: Path, base: Path
) -> None:
    for name in ("a", "b"):
        write(
            source, f"{name}.md", notice("示例补贴办法", "示人社〔2018〕5号", "---\n每月一百元。")
        )
    write(
        source,
        "new.md",
        notice("新办法", "新〔2024〕1号", "supersedes: 示人社〔2018〕5号\n---\n二。"),
    )
    report = take(base, source)
    assert any("不止一个条目（a、b）" in problem.reason for problem in report.warnings)
    assert KnowledgeBase(base).snapshot.manifest.entries == 3


def test_a_page_of_hostile_depth_is_refused_at_once(source: Path, base: Path) -> None:
    write(source, "a.html", "<div>" * 5000 + "居住证办理")
    assert "层次太深" in reasons(take(base, source))


def test_two_versions_of_a_law_of_which_none_replaces_the_other_are_reported(
    source: Path, base: Path
) -> None:
    law = "# 示例市养犬条例\n\n第一条 甲。\n\n第二条 乙。\n\n第三条 自{}年1月1日起施行。\n"
    for year in ("2018", "2024"):
        write(source, f"养犬条例({year}).md", law.format(year))
    said = [p.reason for p in take(base, source).warnings if "同名" in p.reason]
    assert said == [
        "和 养犬条例(2018) 同名，没写谁取代谁，两份都当作有效；请在新的一份写 supersedes"
    ]


def test_two_documents_of_one_name_whose_days_overlap_are_reported(
    source: Path, base: Path
) -> None:
    write(source, "旧.md", DATED_LAW.format(2020, 90))
    write(source, "新.md", DATED_LAW.format(2024, 80))
    assert "同名" in reasons_of_doubt(take(base, source))


def test_two_documents_of_one_name_one_after_the_other_are_no_doubt(
    source: Path, base: Path
) -> None:
    write(source, "旧.md", DATED_LAW.format(2015, 5))
    write(source, "新.md", DATED_LAW.format(2024, 80))
    assert "同名" not in reasons_of_doubt(take(base, source))


def test_a_folder_that_may_not_be_read_is_named_and_empties_nothing(
    source: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "closed").mkdir()
    guide(source, "open", "开放的事")
    guide(source / "closed", "shut", "关着的事")
    assert take(base, source).added == 2
    scandir = os.scandir

    def closed(path: str) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    report = ingest(base, [source], prune=True)
    assert [(p.where, p.reason) for p in report.skipped] == [
        (str(source / "closed"), "文件夹读不到：没有权限")
    ]
    assert report.removed == 0
    assert KnowledgeBase(base).snapshot.manifest.entries == 2


def test_what_is_no_file_is_not_waited_for(source: Path, base: Path) -> None:
    guide(source, "a", "一件事")
    os.mkfifo(source / "pipe.md")
    (source / "gone.md").symlink_to(source / "nowhere.md")
    said = reasons(take(base, source))
    assert "不是普通文件" in said
    assert "已经不在了" in said


def test_a_base_from_before_there_were_names_gets_them(source: Path, base: Path) -> None:
    write(source, "a.md", notice("示例补贴办法", "示人社〔2018〕5号", "---\n每月一百元。"))
    take(base, source)
    with EntryStore(base / "entries.sqlite") as store:
        store._db.execute("delete from names")
    with EntryStore(base / "entries.sqlite") as store:
        assert store.named("示人社[2018]5号") == ["a"]
