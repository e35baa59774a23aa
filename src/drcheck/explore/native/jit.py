"""LLVM IR text to machine code, through llvmlite: the one module that touches it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drcheck.errors import EngineError


def available() -> bool:
    """Whether llvmlite can be imported and can make code for this machine."""
    try:
        _machine()
    except EngineError:
        return False
    return True


def _machine() -> Any:
    """A new description of this processor (the compiler that takes it owns it). Raises EngineError DR501."""
    try:
        from llvmlite import binding

        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        return binding.Target.from_default_triple().create_target_machine(
            cpu=binding.get_host_cpu_name(),
            features=binding.get_host_cpu_features().flatten(),
            opt=2,
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
        """Compile IR text. `functions` names what is called from Python, with "ptr" or "word" for each parameter."""
        machine = _machine()
        from llvmlite import binding

        module = binding.parse_assembly(text)
        module.triple, module.data_layout = machine.triple, str(machine.target_data)
        options = binding.create_pipeline_tuning_options(speed_level=level)
        builder = binding.create_pass_builder(machine, options)
        builder.getModulePassManager().run(module, builder)
        self._engine = binding.create_mcjit_compiler(module, machine)
        self._engine.finalize_object()
        self._functions = {
            name: ctypes.CFUNCTYPE(
                ctypes.c_uint64, *(ctypes.c_void_p if p == "ptr" else ctypes.c_uint64 for p in parameters)
            )(self._engine.get_function_address(name))
            for name, parameters in functions.items()
        }

    def __getitem__(self, name: str) -> Callable[..., int]:
        """A function: takes addresses and numbers, returns a number, and runs without the interpreter's lock."""
        return self._functions[name]
