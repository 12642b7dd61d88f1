from pybind11.setup_helpers import Pybind11Extension
from setuptools import setup

setup(name="spam_pybind11", version="@VERSION@", ext_modules=[Pybind11Extension("spam", ["spam.cpp"])])
