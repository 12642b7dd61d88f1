import subprocess

from setuptools import Extension, setup

# Before setuptools looks for modules: this writes spam.py.
subprocess.check_call(["swig", "-python", "-o", "spam_wrap.c", "spam.i"])
setup(
    name="spam_swig",
    version="@VERSION@",
    py_modules=["spam"],
    ext_modules=[Extension("_spam", ["spam_wrap.c"])],
)
