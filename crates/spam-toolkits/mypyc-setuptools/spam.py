"""Run commands in the system's shell."""

import os


def system(command: str) -> int:
    """Execute a shell command and return its status."""
    return os.system(command)
