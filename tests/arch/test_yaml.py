"""Files that are no YAML, no text, no file, or a trap; nothing in them is executed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from hwsim.arch.load import load_arch
from hwsim.arch.locate import parse
from hwsim.errors import InvalidInput
from tests.arch.files import TEXT, edited, errors_of, write


def only_error(path: Path) -> str:
    (line,) = errors_of(path)
    return line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1: the file is empty"),
        ("# only a comment\n", "1:1: the file is empty"),
        ("- a\n- b\n", "1:1: must be a block of fields, not a list"),
        ("just words\n", "1:1: must be a block of fields, not 'just words'"),
        ("name: [1, 2\nnode_nm: 3\n", "2:8: not valid YAML: while parsing a flow sequence"),
        ("name: x\n\tnode_nm: 3\n", "2:1: not valid YAML: "),
        ("name: 'x\n", "2:1: not valid YAML: while scanning a quoted scalar"),
        ("a: 1\n---\nb: 2\n", "2:1: not valid YAML: expected a single document"),
        ("a: *nowhere\n", "1:4: not valid YAML: found undefined alias 'nowhere'"),
        ("name: a\x07b\n", "1:8: not valid YAML: the character '\\x07' is not allowed"),
        ("a: " + "[" * 5000, "1:1: nested too deeply"),
        ("a: &a [*a]\n", "1:4: a.0: an alias inside its own anchor"),
    ],
)
def test_not_yaml(text: str, expected: str, tmp_path: Path) -> None:
    assert only_error(write(tmp_path, text)).startswith(f"small.yaml:{expected}")


def test_an_alias_bomb_is_bounded(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    message = only_error(write(tmp_path, "\n".join(lines)))
    assert message.endswith("expands to more than 100000 values")


def test_tags_are_refused_and_not_executed(tmp_path: Path) -> None:
    text, places = edited(("name: small", "name: @!!python/object/apply:os.system ['touch gone']"))
    lines = errors_of(write(tmp_path, text))
    assert lines[0] == (
        f"small.yaml:{places[0]}: name: the tag !!python/object/apply:os.system is not allowed"
    )
    assert not (tmp_path / "gone").exists()
    assert not Path("gone").exists()


def test_duplicate_keys(tmp_path: Path) -> None:
    text, places = edited(
        ("  neurons_max: 1024\n", "  @neurons_max: 1024\n  @neurons_max: 512\n"),
    )
    first, second = places
    (line,) = errors_of(write(tmp_path, text))
    assert line.startswith(f"small.yaml:{second}: core.neurons_max: given twice, first at ")
    assert line.endswith(f"small.yaml:{first}")


def test_a_key_that_is_no_word(tmp_path: Path) -> None:
    text, places = edited(("power_gated: false", "power_gated: false\n@[a, b]: 3"))
    message = "the name of a field must be a plain word"
    assert errors_of(write(tmp_path, text)) == [f"small.yaml:{places[0]}: {message}"]


def test_an_error_is_one_line_and_nothing_that_a_terminal_obeys(tmp_path: Path) -> None:
    text, places = edited(("power_gated: false", 'power_gated: false\n@"a\\n\\e[31m": 3'))
    (line,) = errors_of(write(tmp_path, text))
    assert line.startswith(f"small.yaml:{places[0]}: a??[31m: unknown field; there are ")


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_bytes(b"name: x\nsource: \xe9\xff\n")
    assert only_error(path) == "small.yaml:2:9: not UTF-8 text"


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert load_arch(str(path)).arch.name == "small"


def test_a_folder_and_a_device_and_a_large_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is a folder, not an architecture file"):
        load_arch(str(tmp_path))
    with pytest.raises(InvalidInput, match="is a folder"):
        load_arch("")
    with pytest.raises(InvalidInput, match="is not a file that can be read"):
        load_arch("/dev/zero")
    assert "larger than 1048576 bytes" in errors_of(write(tmp_path, "#" * 1100000))[0]


def test_a_missing_file_names_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_arch(str(tmp_path / "lohi_like.yaml"))
    assert str(caught.value) == (
        f"{tmp_path}/lohi_like.yaml: no such architecture file; did you mean loihi_like?"
    )
    with pytest.raises(InvalidInput, match=r"^xyz: no such .*; shipped with hwsim: .*loihi_like"):
        load_arch("xyz")


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path, TEXT)
    monkeypatch.setattr(Path, "open", refuse)
    assert only_error(path) == "small.yaml: cannot be read: Permission denied"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("23.60", Decimal("23.60")),
        ("1e-3", Decimal("0.001")),
        ("-7", -7),
        ("010", 10),
        ("1:30", "1:30"),
        ("yes", "yes"),
        ("True", True),
        ("~", None),
        ("2024-01-01", "2024-01-01"),
        ("'5'", "5"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
    ],
)
def test_scalars_are_what_they_look_like(text: str, value: object) -> None:
    node, problems = parse(text, lambda line, column: f"{line}:{column}")
    assert (node.value, type(node.value), problems) == (value, type(value), [])
