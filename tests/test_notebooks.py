"""Each notebook runs from top to bottom in a clean kernel, beside its data."""

from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@pytest.mark.needs_dev
@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.name)
def test_a_notebook_runs_in_a_clean_kernel(path):
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": path.parent}})
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    stderr = [output.text for output in outputs if output.get("name") == "stderr"]
    assert not stderr


def test_there_is_a_notebook_to_run():
    assert list(NOTEBOOKS.glob("*.ipynb"))
