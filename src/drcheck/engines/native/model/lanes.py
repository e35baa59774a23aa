"""The last result of `expand` for eight states: which ways are enabled in each lane, as LLVM IR.

While ways are gone through, each one leaves a byte: bit l is set where it is enabled in lane l. That is little code for a
way, which counts as it is made for each model. Here eight bytes at a time are turned into bits for each lane.
"""

from __future__ import annotations

from drcheck.kernels.translate import Words, count_bits


def tell_ways(which: Words, groups: int, enabled: Words, fired: Words) -> int:
    """Tell which ways are enabled, from a byte for each way in `which`, of which there are `groups` words.

    Bit w of `enabled[8 m + l]` is set where way 64 m + w is enabled in lane l; `fired[w]` is raised by the number of lanes
    where way w is. Returns the lanes where some way is, as bits. The machine code of this function is `tell_ways_code`.
    """
    some = 0
    for group in range(groups):
        if group % 8 == 0:
            for lane in range(8):
                enabled[group + lane] = 0
        for way in range(8):
            lanes = which[group] >> 8 * way & 255
            some |= lanes
            fired[8 * group + way] += count_bits(lanes)
            for lane in range(8):
                enabled[group // 8 * 8 + lane] |= (lanes >> lane & 1) << (group % 8 * 8 + way)
    return some


# The three steps transpose eight times eight bits: Warren, Hacker's Delight, 2nd edition, section 7-3.
TELL = """\
declare <8 x i8> @llvm.ctpop.v8i8(<8 x i8>)
define internal i64 @tell_ways(ptr noalias %which, i64 %groups, ptr noalias %enabled, ptr noalias %fired) {{
entry:
  br label %group
group:
  %g = phi i64 [ 0, %entry ], [ %g.next, %told ]
  %before = phi <8 x i64> [ zeroinitializer, %entry ], [ %kept, %told ]
  %seen = phi i64 [ 0, %entry ], [ %some, %told ]
  %from = getelementptr i64, ptr %which, i64 %g
  %x = load i64, ptr %from
  %some = or i64 %seen, %x
{transposition}
  %bytes = bitcast i64 %x3 to <8 x i8>
  %wide = zext <8 x i8> %bytes to <8 x i64>
  %place = and i64 %g, 7
  %bits = shl i64 %place, 3
  %bits0 = insertelement <8 x i64> poison, i64 %bits, i64 0
  %shifts = shufflevector <8 x i64> %bits0, <8 x i64> poison, <8 x i32> zeroinitializer
  %moved = shl <8 x i64> %wide, %shifts
  %all = or <8 x i64> %before, %moved
{counting}  %g.next = add i64 %g, 1
  %full = icmp eq i64 %place, 7
  %last = icmp eq i64 %g.next, %groups
  %tell = or i1 %full, %last
  br i1 %tell, label %telling, label %told
telling:
  %mask = sub i64 %g, %place
  %to = getelementptr i64, ptr %enabled, i64 %mask
  store <8 x i64> %all, ptr %to, align 8
  br label %told
told:
  %kept = phi <8 x i64> [ %all, %group ], [ zeroinitializer, %telling ]
  br i1 %last, label %end, label %group
end:
  %half = lshr i64 %some, 32
  %s1 = or i64 %some, %half
  %quarter = lshr i64 %s1, 16
  %s2 = or i64 %s1, %quarter
  %eighth = lshr i64 %s2, 8
  %s3 = or i64 %s2, %eighth
  %lanes = and i64 %s3, 255
  ret i64 %lanes
}}
"""
COUNTING = """\
  %masks = bitcast i64 %x to <8 x i8>
  %few = call <8 x i8> @llvm.ctpop.v8i8(<8 x i8> %masks)
  %more = zext <8 x i8> %few to <8 x i64>
  %counts = getelementptr <8 x i64>, ptr %fired, i64 %g
  %old = load <8 x i64>, ptr %counts, align 8
  %new = add <8 x i64> %old, %more
  store <8 x i64> %new, ptr %counts, align 8
"""


def tell_ways_code(counted: bool = True) -> str:
    """`tell_ways` as LLVM IR; if nothing is `counted`, `fired` is left alone."""
    steps = []
    for number, (shift, mask) in enumerate(
        [(7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0)]
    ):
        x, t = f"%x{number}" if number else "%x", f"%t{number}"
        steps += [
            f"  {t}.high = lshr i64 {x}, {shift}",
            f"  {t}.other = xor i64 {x}, {t}.high",
            f"  {t} = and i64 {t}.other, {mask}",
            f"  {t}.low = shl i64 {t}, {shift}",
            f"  {t}.both = xor i64 {t}, {t}.low",
            f"  %x{number + 1} = xor i64 {x}, {t}.both",
        ]
    return TELL.format(transposition="\n".join(steps), counting=COUNTING if counted else "")
