"""Old names of modules: importing one says where its contents are now.

One finder at the head of `sys.meta_path`: what an old checkout left behind in folders of the old names is not imported either.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from drcheck.errors import DrcheckError, caller

MOVED: dict[str, str] = {
    "drcheck.analysis": "drcheck.verdicts",
    "drcheck.analysis.mutation": "drcheck.verdicts.mutation",
    "drcheck.analysis.procedures": "drcheck.verdicts.mutants",
    "drcheck.called": "drcheck.language.called",
    "drcheck.check": "drcheck.verdicts.check or drcheck.verdicts.verdict",
    "drcheck.claims": "drcheck.verdicts.claims",
    "drcheck.cli.boundary": "drcheck.cli.main",
    "drcheck.component": "drcheck.language.component",
    "drcheck.composition": "drcheck.system.composition",
    "drcheck.constants": "drcheck.language.constants",
    "drcheck.coverage": "drcheck.verdicts.coverage",
    "drcheck.design": "drcheck.designs.design",
    "drcheck.durations": "drcheck.language.durations",
    "drcheck.explore": "drcheck.engines, drcheck.graphs, drcheck.kernels, drcheck.reductions or drcheck.sampling",
    "drcheck.explore.arrays": "drcheck.engines.numpy",
    "drcheck.explore.arrays.engine": "drcheck.engines.numpy.engine",
    "drcheck.explore.arrays.packing": "drcheck.engines.numpy.packing",
    "drcheck.explore.arrays.steps": "drcheck.engines.numpy.steps",
    "drcheck.explore.arrays.table": "drcheck.engines.numpy.table",
    "drcheck.explore.bitstate": "drcheck.sampling.bitstate",
    "drcheck.explore.bytecode": "drcheck.engines.python",
    "drcheck.explore.choose": "drcheck.engines.choose",
    "drcheck.explore.deadline": "drcheck.kernels.deadline",
    "drcheck.explore.estimate": "drcheck.engines.estimate",
    "drcheck.explore.folders": "drcheck.engines.folders",
    "drcheck.explore.graph_kernels": "drcheck.graphs.algorithm_kernels",
    "drcheck.explore.graphs": "drcheck.graphs.algorithms",
    "drcheck.explore.interrupts": "drcheck.kernels.interrupts",
    "drcheck.explore.memory": "drcheck.kernels.budget",
    "drcheck.explore.native": "drcheck.engines.native, drcheck.kernels or drcheck.sampling",
    "drcheck.explore.native.bitstate": "drcheck.sampling.bitstate_kernels",
    "drcheck.explore.native.code_cache": "drcheck.kernels.code_cache",
    "drcheck.explore.native.codegen": "drcheck.engines.native.model.codegen",
    "drcheck.explore.native.compiler": "drcheck.kernels.compiler",
    "drcheck.explore.native.control": "drcheck.engines.native.control",
    "drcheck.explore.native.delayed": "drcheck.engines.native.regions",
    "drcheck.explore.native.delayed.candidates": "drcheck.engines.native.regions.candidates",
    "drcheck.explore.native.delayed.files": "drcheck.kernels.files",
    "drcheck.explore.native.delayed.frontier": "drcheck.engines.native.regions.frontier",
    "drcheck.explore.native.delayed.lookups": "drcheck.engines.native.regions.lookups",
    "drcheck.explore.native.delayed.regions": "drcheck.engines.native.regions.regions",
    "drcheck.explore.native.delayed.search": "drcheck.engines.native.regions.batches",
    "drcheck.explore.native.delayed.steps": "drcheck.engines.native.regions.batch_kernels",
    "drcheck.explore.native.engine": "drcheck.engines.native.engine",
    "drcheck.explore.native.found": "drcheck.engines.native.found",
    "drcheck.explore.native.growth": "drcheck.engines.native.states.growth",
    "drcheck.explore.native.jit": "drcheck.kernels.jit",
    "drcheck.explore.native.kernels": "drcheck.engines.native.versions",
    "drcheck.explore.native.lanes": "drcheck.engines.native.model.lanes",
    "drcheck.explore.native.layout": "drcheck.engines.layout",
    "drcheck.explore.native.lock": "drcheck.kernels.lock",
    "drcheck.explore.native.log": "drcheck.engines.native.search.log",
    "drcheck.explore.native.memory": "drcheck.kernels.region",
    "drcheck.explore.native.notes": "drcheck.engines.native.model.notes",
    "drcheck.explore.native.record": "drcheck.engines.native.states.record",
    "drcheck.explore.native.replay": "drcheck.engines.native.search.replay",
    "drcheck.explore.native.rows": "drcheck.engines.native.states.rows",
    "drcheck.explore.native.search": "drcheck.engines.native.search.search",
    "drcheck.explore.native.sifter": "drcheck.sampling.bitstate_memory",
    "drcheck.explore.native.sleep": "drcheck.engines.native.states.sleep",
    "drcheck.explore.native.splitmix": "drcheck.kernels.splitmix",
    "drcheck.explore.native.store": "drcheck.engines.native.search.store",
    "drcheck.explore.native.successors": "drcheck.engines.native.search.successors",
    "drcheck.explore.native.table": "drcheck.engines.native.states.table",
    "drcheck.explore.native.tables": "drcheck.engines.native.states.sets",
    "drcheck.explore.native.translate": "drcheck.kernels.translate",
    "drcheck.explore.native.vectors": "drcheck.engines.native.model.vectors",
    "drcheck.explore.native.walker": "drcheck.sampling.walker",
    "drcheck.explore.native.walks": "drcheck.sampling.walk_kernels",
    "drcheck.explore.product_kernels": "drcheck.graphs.product_kernels",
    "drcheck.explore.products": "drcheck.graphs.products",
    "drcheck.explore.protocol": "drcheck.engines.protocol",
    "drcheck.explore.reductions": "drcheck.reductions",
    "drcheck.explore.reductions.dead_variables": "drcheck.reductions.dead_variables",
    "drcheck.explore.reductions.form": "drcheck.reductions.form",
    "drcheck.explore.reductions.keys": "drcheck.reductions.keys",
    "drcheck.explore.reductions.lift": "drcheck.reductions.lift",
    "drcheck.explore.reductions.partial_order": "drcheck.reductions.partial_order",
    "drcheck.explore.reductions.reduce": "drcheck.reductions.reduce",
    "drcheck.explore.reductions.simplify": "drcheck.reductions.simplify",
    "drcheck.explore.reductions.sorting": "drcheck.reductions.sorting",
    "drcheck.explore.reductions.symmetry": "drcheck.reductions.symmetry",
    "drcheck.explore.reference": "drcheck.engines.reference",
    "drcheck.explore.search": "drcheck.engines.plain_search",
    "drcheck.explore.simulation": "drcheck.sampling.walks",
    "drcheck.explore.vector": "drcheck.engines.numpy.columns",
    "drcheck.expressions": "drcheck.language.expressions, drcheck.language.functions or drcheck.language.operators",
    "drcheck.holding": "drcheck.designs.holding",
    "drcheck.interop.commands": "drcheck.system.commands",
    "drcheck.locate": "drcheck.designs.locate",
    "drcheck.lowering": "drcheck.system.lowering",
    "drcheck.ordered": "drcheck.language.ordered",
    "drcheck.phases": "drcheck.verdicts.phases",
    "drcheck.preparing": "drcheck.designs.preparing",
    "drcheck.ranges": "drcheck.system.ranges",
    "drcheck.remarks": "drcheck.language.remarks",
    "drcheck.rendezvous": "drcheck.language.rendezvous",
    "drcheck.reserved": "drcheck.language.reserved",
    "drcheck.rows": "drcheck.verdicts.idle_rows",
    "drcheck.selection": "drcheck.designs.selection",
    "drcheck.semantics": "drcheck.system.oracle",
    "drcheck.shadowed": "drcheck.language.shadowed",
    "drcheck.source": "drcheck.language.source",
    "drcheck.stating": "drcheck.designs.stating",
    "drcheck.stubs": "drcheck.designs.stubs",
    "drcheck.system.Alternative": "drcheck.system.system",
    "drcheck.system.Cell": "drcheck.system.system",
    "drcheck.system.Domain": "drcheck.system.system",
    "drcheck.system.Event": "drcheck.system.system",
    "drcheck.system.Participant": "drcheck.system.system",
    "drcheck.system.State": "drcheck.system.system",
    "drcheck.system.System": "drcheck.system.system",
    "drcheck.system.SystemEnvironment": "drcheck.system.oracle",
    "drcheck.taking_in": "drcheck.language.plain_machines",
    "drcheck.tick_length": "drcheck.system.tick_length",
    "drcheck.too_early": "drcheck.language.too_early",
    "drcheck.trace": "drcheck.system.trace",
    "drcheck.transition": "drcheck.language.transition",
    "drcheck.units": "drcheck.language.units",
    "drcheck.variables": "drcheck.language.variables",
    "drcheck.variants": "drcheck.designs.variants",
    "drcheck.views": "drcheck.system.views",
}
"""Old names of modules, and of what was imported from a module that is a package now, with the new ones."""


class MovedModuleError(DrcheckError, ImportError):
    """An import of a module by a name that it no longer has (DR210)."""


class OldNames:
    """Refuses old names of modules with the new one; all others are left to the finders before it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Nothing, or MovedModuleError DR210 for an old name."""
        new = MOVED.get(fullname)
        if new is None:
            return None
        raise MovedModuleError("DR210", f"{fullname} is now in {new}", place=caller(), remedy=f"import it from {new}")


def refuse_old_names() -> None:
    """Add the finder, once."""
    if not any(isinstance(finder, OldNames) for finder in sys.meta_path):
        sys.meta_path.insert(0, OldNames())
