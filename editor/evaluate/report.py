"""Tables of results, as the documents show them."""

from collections.abc import Iterable, Sequence


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, with a line break at its end.

    >>> print(markdown_table(("space", "mean"), [("w_plus", "0.865"), ("w_star", "0.970")]), end="")
    | space | mean |
    |---|---|
    | w_plus | 0.865 |
    | w_star | 0.970 |

    Raises:
        ValueError: a row has not as many cells as the header.
    """
    lines = [_line(header), "|---" * len(header) + "|"]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row of {len(row)} cells under {len(header)} columns")
        lines.append(_line(row))
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)
