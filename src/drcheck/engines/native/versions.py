"""The kernels of a search as machine code, in the versions that searches need."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from drcheck.engines.native.model.vectors import LANES
from drcheck.engines.native.regions import batch_kernels, lookups
from drcheck.engines.native.search import replay, search, successors
from drcheck.engines.native.states import growth, record, rows, sleep, table
from drcheck.engines.protocol import next_look
from drcheck.kernels.jit import Code, compile_kernels, compresses
from drcheck.kernels.translate import translate

HALVES_INLINE: list[Callable[..., int]] = [rows.line_of, rows.tag_of, rows.hash_of, rows.differ, successors.unfold]
"""What kernels that handle halves of states are made of."""


@cache
def search_code(half: int, graph: bool, ways: int, slot_bits: int) -> Code:
    """The search for states cut into halves of this many words (0: not cut), with or without the graph, for this many ways
    at most, on a table with slots of this many bits. It is the same for all models.

    `copy_32` and `copy_64` copy from a table with slots of 32 and of 64 bits.
    """
    constants = {"HALF": half, "WORDS": half, "STRIDE": LANES, "GRAPH": int(graph)}
    constants |= {"SLOT_BITS": slot_bits, "LINE": 512 // slot_bits}
    deposit = search.deposit_parts(ways, graph)
    constants |= search.own_parts(ways, 2 * half or 1).start | deposit.start | {"DEPOSIT": deposit.length}

    def called() -> str:
        inline: list[Callable[..., int]] = [table.mix, table.unmix, record.note_child, record.way_to]
        outline: list[Callable[..., int]] = [table.stash_place, table.seek, table.number_at, table.enter]
        outline += [search.wait, search.claim, search.commit]
        inline += [sleep.asleep, successors.prepare, successors.sift, search.look_up]
        if half:
            inline += HALVES_INLINE
            outline += [rows.find, rows.intern, successors.fold, successors.fold_all]
        outline += [successors.label_all, replay.link]
        texts = [table.scan_code(slot_bits), rows.SCAN_TAGS]
        if compresses():
            texts += [successors.COMPRESS, successors.list_ways_code(ways)]
            texts.append(growth.split_code(slot_bits, graph))
        else:
            outline += [successors.list_ways, growth.split]
        texts += [translate(kernel, constants, inline=True) for kernel in inline]
        texts += [translate(kernel, constants, internal=True) for kernel in outline]
        if half:
            own = {"WORDS": half, "STRIDE": 1}
            texts.append(translate(rows.hash_of, own, inline=True, renamed={"hash_of": "hash_of_own"}))
            texts.append(translate(rows.fill, own, renamed={"hash_of": "hash_of_own"}))
        for old in (32, 64):
            more = {"OLD_SLOT_BITS": old, "OLD_LINE": 512 // old}
            texts.append(translate(growth.copy, constants | more, renamed={"copy": f"copy_{old}"}))
        return "\n".join(texts)

    kernels = (
        replay.replay, replay.relink, search.search, search.rekey, search.enter_all,
        growth.widen, growth.enter_pending, growth.copy_stash,
    )  # names only  # fmt: skip
    code = compile_kernels(kernels, constants, called)
    code.declare({f"copy_{old}": code.parameters(growth.copy) for old in (32, 64)})
    return code.declare({"fill": code.parameters(rows.fill)}) if half else code


@cache
def delayed_code(half: int, ways: int) -> Code:
    """What a search by regions does with its states, for states and ways as in `search_code`."""
    constants = {"HALF": half, "WORDS": half, "STRIDE": LANES, "GRAPH": 0} | search.own_parts(ways, 2 * half or 1).start

    def called() -> str:
        inline: list[Callable[..., int]] = [table.mix, table.unmix, record.note_child, record.way_to, sleep.asleep]
        inline += [successors.prepare, successors.sift, next_look, batch_kernels.ends_at]
        outline: list[Callable[..., int]] = [batch_kernels.list_children]
        if half:
            inline += HALVES_INLINE
            outline += [rows.find, rows.intern, successors.fold_all]
        texts = [rows.SCAN_TAGS]
        if compresses():
            texts += [successors.COMPRESS, successors.list_ways_code(ways)]
        else:
            outline.append(successors.list_ways)
        texts += [translate(kernel, constants, inline=True) for kernel in inline]
        return "\n".join(texts + [translate(kernel, constants, internal=True) for kernel in outline])

    return compile_kernels(
        (
            batch_kernels.generate,
            batch_kernels.tally,
            batch_kernels.scatter,
            batch_kernels.collect,
            batch_kernels.number,
        ),
        constants,
        called,
    )


@cache
def region_code(slot_bits: int) -> Code:
    """Look-ups in regions with slots of this many bits."""
    constants = {"SLOT_BITS": slot_bits, "LINE": 512 // slot_bits, "GRAPH": 0}

    def called() -> str:
        kernels = (table.stash_place, table.seek, table.number_at, table.enter)
        texts = (translate(kernel, constants, internal=True) for kernel in kernels)
        return "\n".join([table.scan_code(slot_bits), lookups.packed_code(slot_bits), *texts])

    return compile_kernels((lookups.settle, lookups.gather, lookups.pack, lookups.unpack), constants, called)


@cache
def record_code(words: int, half: int) -> Code:
    """What reads the record of a search whose states have this many words, and are cut after `half` words (0: not)."""
    return compile_kernels(
        (record.parent_of, record.regrow, record.look_on),
        {"WORDS": words, "HALF": half},
        lambda: translate(record.way_to, inline=True),
    )
