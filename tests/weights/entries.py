"""Small manifests to try the weight store on."""

import hashlib
from pathlib import Path


def manifest(folder: Path, **tables: dict) -> Path:
    lines = []
    for name, table in tables.items():
        members = table.pop("members", None)
        lines.append(f"[{name}]")
        lines += [f"{key} = {value!r}".replace("'", '"') for key, value in table.items()]
        if members:
            lines.append(f"[{name}.members]")
            lines += [f'"{key}" = "{value}"' for key, value in members.items()]
    path = folder / "manifest.toml"
    path.write_text("\n".join(lines))
    return path


def entry(content: bytes, file: str, source: str = "repository", **extra) -> dict:
    digest = hashlib.sha256(content).hexdigest()
    return {"source": source, "file": file, "sha256": digest, "size": len(content), "licence": "l", "origin": "o"} | extra
