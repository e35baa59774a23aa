"""Small faults planted in models: which of them some verdict shows, which change nothing, and which nobody would see.

`mutant.py` says what a mutant is and makes the system that has it; `operators.py` is the list of what is done to a model, and
`wrong_conditions.py` what is done to a condition; `drawing.py` draws mutants by seed; `equivalence.py` proves that one changes
nothing; `answers.py` compares verdicts; `campaign.py` decides mutants one after the other; `stored.py` and `page.py` keep and
tell the result.
"""
