from Cython.Build import cythonize
from setuptools import Extension, setup

setup(name="spam_cython", version="@VERSION@", ext_modules=cythonize([Extension("spam", ["spam.pyx"])]))
