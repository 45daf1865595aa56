"""A contract for import-linter: folders are entered by their doors, their ``__init__.py``; the modules inside are private."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    """No module outside of a folder imports a module inside of it, only the folder itself."""

    type_name = "doors"

    folders = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        broken = [
            (importer, inside)
            for folder in sorted(self.folders)
            for inside in sorted(graph.find_descendants(folder))
            for importer in sorted(graph.find_modules_that_directly_import(inside))
            if importer != folder and not importer.startswith(f"{folder}.")
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, inside in check.metadata["broken"]:
            output.print_error(f"{importer} imports {inside}: import it from {inside.rpartition('.')[0]}, and export it there.")
