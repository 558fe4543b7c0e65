"""The file of those who may log in."""

import pytest

from editor.cli.commands import parse
from editor.errors import SettingError
from editor.ui.accounts import read_accounts


def test_accounts_are_read(tmp_path):
    path = tmp_path / "accounts"
    path.write_text("# who\nanna:a:b c\n\n  bert : secret \n", encoding="utf-8")
    assert read_accounts(path) == [("anna", "a:b c"), ("bert", "secret")]
    assert vars(parse(["--auth-file", str(path)]))["auth_file"] == path


@pytest.mark.parametrize(
    "content", ["", "# nobody\n", "anna\n", ":secret\n", "anna:\n", "anna:1\nanna:2\n", b"\xff\xfe:x"], ids=str
)
def test_a_file_that_is_none_is_told_and_no_password_with_it(tmp_path, content):
    path = tmp_path / "accounts"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingError) as told:
        read_accounts(path)
    assert str(path) in str(told.value) and "secret" not in str(told.value)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SettingError):
        read_accounts(tmp_path / "none")
