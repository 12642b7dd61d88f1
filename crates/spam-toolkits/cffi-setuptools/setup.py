from setuptools import setup

setup(name="spam_cffi", version="@VERSION@", py_modules=["spam"], cffi_modules=["build_spam.py:ffi"])
