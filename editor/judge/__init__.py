"""image -> scores: what an edit or a reconstruction kept and changed, by networks that took no part in making it."""
