"""The table of system tests: all cases, by subject."""

import table_shell

CASES = [case for subject in [table_shell] for case in subject.CASES]

_names = [case.name for case in CASES]
if len(set(_names)) != len(_names):
    raise ValueError(f"two cases have one name: {sorted(name for name in _names if _names.count(name) > 1)}")
