import codecs
import random

import pytest

from tasks.extraction.decode import decode_page

SIMPLIFIED = (
    "<html><head><title>央行下调存款准备金率</title></head><body><p>中国人民银行今天宣布，"
    "下调金融机构存款准备金率0.5个百分点，向市场提供长期流动性约1万亿元。</p></body></html>"
)
TRADITIONAL = (
    "<html><head><title>油電價格下月起調整</title></head><body><p>行政院今天宣布，將於下個月起"
    "調整油電價格，影響全國民眾。經濟部長表示，調整幅度不會超過百分之五。</p></body></html>"
)
FRENCH = "<html><body><p>Café naïve — “déjà vu” à l'hôtel</p></body></html>"


def labelled(html: str, label: str) -> str:
    return html.replace("<head>", f'<head><meta charset="{label}">')


@pytest.mark.parametrize(
    ("html", "written", "read"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8"),
        (SIMPLIFIED, "gb2312", "gb18030"),
        (SIMPLIFIED, "gbk", "gb18030"),
        (SIMPLIFIED + "𠮷镕", "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        (FRENCH, "cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("label", [None, "iso-8859-1", "gb2312", "utf-8", "no-such-charset"])
def test_bytes_are_read_as_they_were_written_whatever_the_labels_say(
    html: str, written: str, read: str, label: str | None
) -> None:
    html = labelled(html, label) if label else html
    header = f"text/html; charset={label}" if label else ""
    assert decode_page(html.encode(written), header) == (html, read)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_byte_order_mark_decides_and_is_dropped(mark: bytes) -> None:
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    body = mark + "今天天气很好".encode(encoding)
    assert decode_page(body, "text/html; charset=gbk") == ("今天天气很好", encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_a_last_character_that_was_cut_off_is_dropped(encoding: str) -> None:
    body = (SIMPLIFIED + "好").encode(encoding)[:-1]
    assert decode_page(body)[0] == SIMPLIFIED


def test_a_few_bad_bytes_do_not_make_utf8_another_encoding() -> None:
    body = (SIMPLIFIED * 5).encode().replace("央".encode(), b"\xe5\xa4", 1)
    text, encoding = decode_page(body, "text/html; charset=gbk")
    assert encoding == "utf-8"
    assert text.count("\ufffd") == 1
    assert "存款准备金率" in text


def test_damaged_gbk_is_still_gbk() -> None:
    body = (SIMPLIFIED * 5).encode("gbk").replace("万亿".encode("gbk"), b"\xff\xff", 1)
    text, encoding = decode_page(body, "text/html; charset=utf-8")
    assert encoding == "gb18030"
    assert text.count("存款准备金率") == SIMPLIFIED.count("存款准备金率") * 5


def test_no_bytes_raise() -> None:
    chance = random.Random(7)
    for size in (0, 1, 2, 3, 7, 64, 1000, 20_000):
        for _ in range(20):
            body = chance.randbytes(size)
            text, encoding = decode_page(body, "text/html; charset=hex")
            assert codecs.lookup(encoding)
            assert len(text) <= len(body)
