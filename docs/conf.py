"""How Sphinx builds these pages; nothing is fetched from a network."""

from importlib.metadata import version as version_of

project = "kafka_sizing"
author = "The kafka_sizing authors"
copyright = "2026, The kafka_sizing authors"
version = release = version_of("kafka-sizing")

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
]
exclude_patterns = ["_build", "notebooks/data", "**/.ipynb_checkpoints", "**/.jupyter_cache"]

# One page for every public name, from its docstring.
autosummary_generate = True
autodoc_typehints = "none"  # numpydoc's sections say the types
numpydoc_show_class_members = False

# Notebooks run in a clean kernel when they changed since the last build; an error fails it.
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_excludepatterns = ["*04_published_tables.ipynb"]  # long; the tests run it
nb_execution_timeout = 300
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

templates_path = ["_templates"]
html_theme = "furo"
html_title = "kafka_sizing"
html_static_path = ["_static"]
html_css_files = ["extra.css"]
html_copy_source = False
html_show_sourcelink = False


def setup(app):
    """Leave out the empty line that a doctest in Markdown needs before its closing fence."""
    app.connect("doctree-read", _trim_code)


def _trim_code(_app, doctree):
    from docutils import nodes

    for block in doctree.findall(nodes.literal_block):
        if block.astext().endswith("\n"):
            block.rawsource = block.astext().rstrip("\n")  # equal to the text: to be coloured
            block.children = [nodes.Text(block.rawsource)]
