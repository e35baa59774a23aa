"""From other programs' files: models in foreign formats, read as systems.

| package | holds |
|---|---|
| `jani` | models in jani-model, the interchange format of probabilistic model checkers |
"""
