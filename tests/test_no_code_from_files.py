"""No file and no message is run: what would do that stands in few places, each with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import swmr_viewer

PACKAGE = Path(swmr_viewer.__file__).parent

ALLOWED = {
    ("core/messages.py", "pickle.Unpickler"): "knows six makers of values and nothing else: tests/core/test_messages.py",
    ("engines/processes.py", "pickle.loads"): "the plan of a reduction, from the process that started this one: the user's own code",
    ("engines/processes.py", "recv"): "batches and results of workers that run the user's own code",
    ("engines/dask_worker.py", "pickle.loads"): "the plan of a reduction, on a cluster that the user chose",
    ("engines/dask_calls.py", "pickle.loads"): "is named, to be called there: how a call reaches a worker that lacks this package",
    ("reductions/scripts.py", "compile"): "the user's own script, named by its path; no preset and no file that is followed names one",
    ("reductions/scripts.py", "exec"): "as above",
}
"""(file, what): why."""

_LOADERS = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}
_RUN = {"eval", "exec", "compile", "__import__"}
_SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "runpy.run_path", "runpy.run_module"}


def findings(source: str) -> Iterator[tuple[str, int]]:
    """Yield what would run code that comes from elsewhere, and its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            said = ast.unparse(node)
            module, _, name = said.rpartition(".")
            if said in _SHELLS or (module in _LOADERS and (name.startswith(("load", "open")) or name == "Unpickler")):
                yield said, node.lineno
        if isinstance(node, ast.ImportFrom) and node.module in _LOADERS:
            yield from ((f"{node.module}.{one.name}", node.lineno) for one in node.names if not one.name.startswith("dump"))
        if isinstance(node, ast.Call):
            yield from _calls(node)


def _calls(node: ast.Call) -> Iterator[tuple[str, int]]:
    said, named = ast.unparse(node.func), {one.arg: ast.unparse(one.value) for one in node.keywords}
    if said in _RUN:
        yield said, node.lineno
    if said.rpartition(".")[2] == "recv" and not node.args:  # of a multiprocessing connection: it unpickles
        yield "recv", node.lineno
    if said in ("np.load", "numpy.load") and named.get("allow_pickle") != "False":
        yield said, node.lineno
    if said in ("yaml.load", "yaml.unsafe_load", "yaml.full_load"):
        yield said, node.lineno
    if named.get("shell", "False") != "False":
        yield f"{said} with a shell", node.lineno


def in_package() -> set[tuple[str, str]]:
    return {
        (path.relative_to(PACKAGE).as_posix(), what)
        for path in sorted(PACKAGE.rglob("*.py"))
        for what, _ in findings(path.read_text(encoding="utf-8"))
    }


def test_what_would_run_code_is_found_however_it_is_written() -> None:
    for source in (
        "import pickle\npickle.load(f)",
        "pickle.loads(b'')",
        "class U(pickle.Unpickler): pass",
        "from pickle import loads",
        "call(pickle.loads, data)",
        "eval('1')",
        "exec(text, {})",
        "exec(compile(text, 'a', 'exec'))",
        "np.load('a.npy')",
        "np.load('a.npy', allow_pickle=True)",
        "np.load(f, allow_pickle=told)",
        "yaml.load(text)",
        "shelve.open('a')",
        "marshal.loads(b'')",
        "subprocess.run('ls', shell=True)",
        "subprocess.Popen(command, shell=is_shell)",
        "os.system('ls')",
        "connection.recv()",
    ):
        assert list(findings(source)), source
    for source in ("np.load(f, allow_pickle=False)", "re.compile('a')", "pickle.dumps(1)", "subprocess.run(['ls'])", "socket.recv(64)"):
        assert not list(findings(source)), source


def test_nothing_that_is_read_is_run_but_where_that_is_the_purpose() -> None:
    assert sum(1 for _ in PACKAGE.rglob("*.py")) > 300
    assert in_package() == set(ALLOWED)
