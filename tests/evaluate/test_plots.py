"""Plots are drawn of what evaluations give, gaps included."""

from editor.evaluate.plots import plot_leakage


def test_leakage_is_drawn_with_gaps(tmp_path):
    method = {"matrix": [[1.0, float("nan")], [0.2, 1.0]], "leakage": 0.2, "curve": [[0.5, 0.1], [1.0, 0.2]]}
    paths = plot_leakage(
        {"methods": {"w_plus": method, "w_star": method, "w_star_mine": method}, "attributes": ["Smiling", "Young"]}, tmp_path
    )
    assert [path.name for path in paths] == ["leakage-matrices.png", "leakage-curves.png"]
    assert all(path.stat().st_size > 3000 for path in paths)
