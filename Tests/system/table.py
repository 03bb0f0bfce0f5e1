"""The table of system tests: all cases, by subject."""

import table_files
import table_proc
import table_processes
import table_programs
import table_shell
import table_signals
import table_terminals
import table_utilities

#: In this order; a case's place decides its seed.
SUBJECTS = [
    table_shell, table_utilities, table_files, table_processes, table_programs, table_proc, table_signals, table_terminals,
]  # fmt: skip
CASES = [case for subject in SUBJECTS for case in subject.CASES]

_names = [case.name for case in CASES]
if len(set(_names)) != len(_names):
    raise ValueError(f"two cases have one name: {sorted(name for name in _names if _names.count(name) > 1)}")
