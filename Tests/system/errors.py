"""What errors are called (strerror(3)), and the form in which utilities tell them (`Command.fail` of the library Martlet)."""

NO_ENTRY = "No such file or directory"
EXISTS = "File exists"
NOT_DIRECTORY = "Not a directory"
IS_DIRECTORY = "Is a directory"
NOT_EMPTY = "Directory not empty"
READ_ONLY = "Read-only file system"
BUSY = "Device or resource busy"
LOOP = "Too many levels of symbolic links"
NAME_TOO_LONG = "File name too long"
CROSS_DEVICE = "Invalid cross-device link"
PERMISSION = "Permission denied"
NOT_PERMITTED = "Operation not permitted"
INVALID = "Invalid argument"
NO_SPACE = "No space left on device"
NO_PROCESS = "No such process"


def tells(utility, *pairs):
    """`NAME: OPERAND: MESSAGE` for each pair of an operand and a message."""
    return "".join(f"{utility}: {operand}: {message}\n" for operand, message in pairs)
