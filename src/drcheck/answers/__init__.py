"""Answers that take many checks of one design: which smallest combinations of adversities break its promises."""
