"""LLVM IR text to machine code, through llvmlite: the one module that touches it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drcheck.errors import EngineError
from drcheck.explore.native.translate import DECLARATIONS, signature, translate


def available() -> bool:
    """Whether llvmlite can be imported and can make code for this machine."""
    try:
        _machine(0)
    except EngineError:
        return False
    return True


def _machine(level: int) -> Any:
    """A new description of this processor (the compiler that takes it owns it). Raises EngineError DR501."""
    try:
        from llvmlite import binding

        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        return binding.Target.from_default_triple().create_target_machine(
            cpu=binding.get_host_cpu_name(),
            features=binding.get_host_cpu_features().flatten(),
            opt=level,
            jit=True,
        )
    except (ImportError, OSError, RuntimeError) as error:
        raise EngineError(
            "DR501",
            f"the native engine cannot run here: {error}",
            available=["reference", "python"],
            remedy="install llvmlite (pip install llvmlite) for this Python, or choose the python engine",
        ) from error


class Code:
    """Machine code of one module; functions are valid as long as this object lives."""

    def __init__(self, text: str, functions: Mapping[str, Sequence[str]], level: int = 2) -> None:
        """Compile IR text. `functions` names what is called from Python, with "ptr" or "word" for each parameter.

        `level` 0 makes code quickly (for 100 events in some hundredths of a second), 2 makes code that runs faster.
        """
        machine = _machine(level)
        from llvmlite import binding

        module = binding.parse_assembly(text)
        module.triple, module.data_layout = machine.triple, str(machine.target_data)
        # Few passes: the text is already in good order (nothing is computed twice, short loops are unrolled), and the
        # standard pipelines take several times as long for code that is no faster.
        passes = binding.create_new_module_pass_manager()
        passes.add_always_inliner_pass()
        passes.add_sroa_pass()
        passes.add_instruction_combine_pass()
        passes.add_simplify_cfg_pass()
        passes.run(module, binding.create_pass_builder(machine, binding.create_pipeline_tuning_options(1)))
        self._engine = binding.create_mcjit_compiler(module, machine)
        self._engine.finalize_object()
        self._functions = {name: self.function(name, parameters) for name, parameters in functions.items()}

    def function(self, name: str, parameters: Sequence[str]) -> Callable[..., int]:
        """A function to call from Python, by its name in the text; "word" for a number, anything else for an address."""
        types = (ctypes.c_uint64 if p == "word" else ctypes.c_void_p for p in parameters)
        return ctypes.CFUNCTYPE(ctypes.c_uint64, *types)(self.address(name))

    def address(self, name: str) -> int:
        """Where a function is, for other machine code to call it."""
        return int(self._engine.get_function_address(name))

    def __getitem__(self, name: str) -> Callable[..., int]:
        """A function: takes addresses and numbers, returns a number, and runs without the interpreter's lock."""
        return self._functions[name]


def compile_kernels(
    called: Sequence[Callable[..., int]],
    constants: Mapping[str, int] | None = None,
    more: str = "",
) -> Code:
    """Kernels (see `translate`) as machine code; `more` is IR of what they call."""
    texts = [translate(kernel, constants) for kernel in called]
    return Code("\n".join([DECLARATIONS, more, *texts]), {k.__name__: signature(k) for k in called})
