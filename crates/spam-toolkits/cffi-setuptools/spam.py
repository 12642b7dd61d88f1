"""Run commands in the system's shell."""

from _spam import lib


def system(command):
    """Execute a shell command and return its status."""
    return lib.system(command.encode())
