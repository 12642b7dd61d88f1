# cython: language_level=3
"""Run commands in the system's shell."""

from libc cimport stdlib


def system(command):
    """Execute a shell command and return its status."""
    return stdlib.system(command.encode())
