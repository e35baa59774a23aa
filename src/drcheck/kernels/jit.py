"""LLVM IR text to machine code, through llvmlite: the one module that touches it."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from drcheck.errors import EngineError
from drcheck.kernels import code_cache, compiler
from drcheck.kernels.budget import limited, room
from drcheck.kernels.compiler import GiveUp
from drcheck.kernels.translate import DECLARATIONS, signature, translate

COMPILER, KERNELS = 44 << 20, 44 << 20
"""Bytes that the compiler takes when it is loaded, and a search besides before its first state; measured."""
_PAUSE = {"x86_64": "void @llvm.x86.sse2.pause()", "aarch64": "void @llvm.aarch64.hint(i32 1)"}
"""The hint to a processor that a thread waits for another one, by the first part of the machine's name."""


def to_begin(kernels: int = KERNELS) -> int:
    """Bytes that are used at most before the first of some kernels runs; 0 if there is no compiler."""
    if importlib.util.find_spec("llvmlite") is None:
        return 0
    return kernels + (0 if "llvmlite.binding" in sys.modules else COMPILER)


def available() -> bool:
    """Whether llvmlite can be imported and can make code for this machine."""
    try:
        _machine(0)
    except EngineError:
        return False
    return True


@cache
def _target() -> tuple[Any, str, str, str]:
    """llvmlite's binding, the processor's name and features, and what identifies the compiler and the processor."""
    from llvmlite import __version__, binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    name, features = binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()
    return binding, name, features, "\n".join([__version__, str(binding.llvm_version_info), name, features])


def compresses() -> bool:
    """Whether the processor can compress vectors."""
    return "+avx512f" in _target()[2].split(",")


def _machine(level: int) -> Any:
    """A new description of this processor (the compiler that takes it owns it). Raises EngineError DR501."""
    try:
        importlib.import_module("llvmlite")
        binding, name, features, _ = _target()
        return binding.Target.from_default_triple().create_target_machine(
            cpu=name, features=features, opt=level, jit=True
        )
    except (ImportError, OSError, RuntimeError) as error:
        raise EngineError(
            "DR501",
            f"the native engine cannot run here: {error}",
            available=["reference", "python", "numpy"],
            remedy="install drcheck's extra for it (pip install 'drcheck[native]'), or choose the numpy engine",
        ) from error


def _object(text: str, level: int, give_up: GiveUp | None = None) -> bytes:
    """IR text as an object file. Raises what `compiler.compiled` raises, if that makes it, and MemoryError."""
    if limited():
        room(compiler.memory_of(text, level))
    made = compiler.compiled(text, level, give_up) if compiler.is_long(text, level) else None
    return object_of(text, level) if made is None else made


def object_of(text: str, level: int) -> bytes:
    """IR text as an object file, made in this process."""
    machine = _machine(level)
    binding = _target()[0]
    call = _PAUSE.get(machine.triple.split("-")[0].replace("arm64", "aarch64"))
    text = text.replace("PAUSE", f"call {call}" if call else "")
    if call:
        text = f"declare {call.replace('i32 1', 'i32')}\n{text}"
    module = binding.parse_assembly(text)
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    # Few passes: the text is already in good order (nothing is computed twice, short loops are unrolled), and the
    # standard pipelines take several times as long for code that is no faster.
    passes = binding.create_new_module_pass_manager()
    passes.add_always_inliner_pass()
    passes.add_sroa_pass()
    if level:  # half of the time for a third of the speed
        passes.add_instruction_combine_pass()
        passes.add_simplify_cfg_pass()
    passes.run(module, binding.create_pass_builder(machine, binding.create_pipeline_tuning_options(1)))
    made: bytes = machine.emit_object(module)
    return made


def serve(level: int) -> None:
    """Compile what standard input says to standard output: the work of the separate process (see `compiler`)."""
    sys.stdout.buffer.write(object_of(sys.stdin.buffer.read().decode(), level))


class Code:
    """Machine code of one module; functions are valid as long as this object lives."""

    def __init__(self, compiled: bytes, tuned: bool = True) -> None:
        """Load an object file; `tuned`: whether it was compiled for speed."""
        self.tuned = tuned
        machine = _machine(0)
        binding = _target()[0]
        empty = binding.parse_assembly("")
        empty.triple, empty.data_layout = machine.triple, str(machine.target_data)
        self._engine = binding.create_mcjit_compiler(empty, machine)
        self._engine.add_object_file(binding.ObjectFileRef.from_data(compiled))
        self._engine.finalize_object()
        self._functions: dict[str, Callable[..., int]] = {}

    def declare(self, functions: Mapping[str, Sequence[str]]) -> Code:
        """Name a function that is called from Python, with "ptr" or "word" for each parameter."""
        self._functions |= {name: self._function(name, parameters) for name, parameters in functions.items()}
        return self

    @staticmethod
    def parameters(kernel: Callable[..., int]) -> list[str]:
        """The parameters of a kernel, for `declare`."""
        return signature(kernel)

    def _function(self, name: str, parameters: Sequence[str]) -> Callable[..., int]:
        types = (ctypes.c_uint64 if p == "word" else ctypes.c_void_p for p in parameters)
        return ctypes.CFUNCTYPE(ctypes.c_uint64, *types)(self.address(name))

    def address(self, name: str) -> int:
        """Where a function is, for other machine code to call it."""
        return int(self._engine.get_function_address(name))

    def __getitem__(self, name: str) -> Callable[..., int]:
        """A function: takes addresses and numbers, returns a number, and runs without the interpreter's lock."""
        return self._functions[name]


def compile_text(text: str, level: int, give_up: GiveUp | None = None) -> Code:
    """IR text as machine code, from the cache if it is there.

    `level` 0 makes code quickly (for 100 events in some hundredths of a second) and looks for better code in the cache
    first; 2 makes code that runs faster. Raises EngineError DR501 without llvmlite, OutOfTimeError if `give_up` says so.
    """
    digest = code_cache.digest_of(text)
    found = known_code(digest, level)
    if found is not None:
        return found
    compiled = _object(text, level, give_up)
    code_cache.store(_name_of(digest, level), compiled)
    return Code(compiled, tuned=level == 2)


def known_code(digest: str, level: int) -> Code | None:
    """What `compile_text` would make of the text with this digest, if the cache has it. Raises EngineError DR501."""
    _machine(0)
    for known in (2, level):
        compiled = code_cache.load(_name_of(digest, known))
        if compiled is not None:
            return Code(compiled, tuned=known == 2)
    return None


def _name_of(digest: str, level: int) -> str:
    return code_cache.name_of(target(), str(level), digest)


def target() -> str:
    """What identifies the compiler and the processor. Raises EngineError DR501."""
    _machine(0)
    return _target()[3]


def compile_kernels(
    called: Sequence[Callable[..., int]],
    constants: Mapping[str, int] | None = None,
    more: Callable[[], str] = str,
) -> Code:
    """Kernels (see `translate`) as machine code; `more` gives IR of what they call.

    The cache is searched by the source of the kernels, so that nothing is translated if the code is there.
    """
    kernels = [k.__name__ for k in called]
    name = code_cache.name_of(target(), code_cache.source(), repr((kernels, sorted((constants or {}).items()))))
    compiled = code_cache.load(name)
    if compiled is None:
        compiled = _object("\n".join([DECLARATIONS, more(), *(translate(k, constants) for k in called)]), 2)
        code_cache.store(name, compiled)
    return Code(compiled).declare({k.__name__: signature(k) for k in called})
