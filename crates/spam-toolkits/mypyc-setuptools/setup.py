from mypyc.build import mypycify
from setuptools import setup

setup(name="spam_mypyc", version="@VERSION@", ext_modules=mypycify(["spam.py"]))
