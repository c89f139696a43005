"""Corner cases of each type, as data: what `peer` runs through hashicorp/aws and through ours."""
import importlib
import pathlib


def themes(names=()):
    """Those of the names given, or all."""
    found = []
    for path in sorted(pathlib.Path(__file__).parent.glob("*.py")):
        if path.name != "__init__.py":
            found += importlib.import_module(f"corners.{path.stem}").THEMES
    return [t for t in found if not names or t.name in names]
