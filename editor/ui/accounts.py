"""Who may log in: a file with a name and a password in each line."""

from pathlib import Path

from editor.errors import SettingError


def read_accounts(path: Path) -> list[tuple[str, str]]:
    """The accounts in a file: `name:password`, one a line; empty lines and lines that begin with # are passed over.

    Raises:
        SettingError: the file cannot be read, has a line of another kind or a name twice, or no account at all.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"The accounts in {path} cannot be read. Give --auth-file a text file, name:password a line."
        ) from error
    accounts: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, password = (part.strip() for part in line.partition(":"))
        if not name or not password or name in accounts:
            raise SettingError(f"Line {number} of {path} is not name:password, or its name is there already.")
        accounts[name] = password
    if not accounts:
        raise SettingError(f"There is no account in {path}. Write name:password, one a line.")
    return list(accounts.items())
