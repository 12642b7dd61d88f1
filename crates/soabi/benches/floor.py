"""The least that importing can cost: one interpreter, a bare fork and a bare import for every folder."""
import os
import sys

for folder in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        sys.path.insert(0, folder)
        try:
            import spam
        except Exception:
            pass
        os._exit(0)
    os.waitpid(child, 0)
