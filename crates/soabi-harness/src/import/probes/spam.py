"""Probes of `spam.system(command)`: the round trip through PyArg_ParseTuple, system() and Py_BuildValue.

Every expectation here is what the C API documents for the format units "s" and "i", and what POSIX documents
for system() and wait statuses. They hold for every specimen, whatever language it is written in.
"""
import gc
import itertools
import operator
import os
import resource
import sys

PY2 = sys.version_info[0] == 2
ROUNDS = 500
ROUNDS_WITH_A_SHELL = 40
EIGHTEEN = (None,) * 18
# Above MAX_ARG_STRLEN nothing could be run; 100 KB is far above every buffer on the way.
LONG = 100 * 1024
# The highest descriptor that every shell can write to.
OUTPUT = 9


def u(escaped):
    """Text from its escapes: this file has to be read by 2.7 and by 3.x as plain ASCII."""
    return escaped.encode("ascii").decode("unicode_escape")


EACUTE_SNOWMAN = u("\\xe9\\u2603")
TOKEN = "a token"
KILL = u("kill -9 $$")
# 3.x: a lone surrogate, as file names that are not UTF-8 come. 2.7: unicode beyond the default encoding.
NOT_ENCODABLE = u("true \\xe9") if PY2 else u("true \\udce9")
# How a NUL in the text is refused.
NUL_IS_REFUSED = TypeError if PY2 else ValueError


def written(system, command):
    """The status of the command, and what it wrote to descriptor 9."""
    reader, writer = os.pipe()
    # Unlike the pipe itself, the copy is handed down to the shell.
    os.dup2(writer, OUTPUT)
    os.close(writer)
    try:
        status = system(command)
    finally:
        os.close(OUTPUT)
    with os.fdopen(reader, "rb") as output:
        return status, output.read()


def the_method_table(module):
    method = module.system
    assert method.__name__ == "system", "__name__ is %r" % (method.__name__,)
    assert method.__doc__, "there is no docstring"


def one_import_is_enough(module):
    assert __import__(module.__name__) is module, "the second import gave another module"


def exit_0_and_text_with_spaces_and_quotes(module):
    command = "printf %%s 'two  words \"and\" '\\''quotes'\\' >&%d" % OUTPUT
    seen = written(module.system, command)
    assert seen == (0, b"two  words \"and\" 'quotes'"), "status and output are %r" % (seen,)


def exit_3(module):
    status = module.system("exit 3")
    assert status == 3 << 8, "status is %r" % (status,)


def exit_3_and_text_that_is_not_ascii(module):
    """A 3.x str reaches the shell as UTF-8. A 2.7 str is bytes and stays as it is."""
    given = EACUTE_SNOWMAN.encode("utf-8") if PY2 else EACUTE_SNOWMAN
    seen = written(module.system, "printf %%s '%s' >&%d; exit 3" % (given, OUTPUT))
    assert seen == (3 << 8, EACUTE_SNOWMAN.encode("utf-8")), "status and output are %r" % (seen,)


def exit_255_after_100_kilobytes(module):
    """What comes last is what counts: a command cut short would end with another status."""
    status = module.system("#%s\nexit 255" % ("x" * LONG))
    assert status == 255 << 8, "status is %r" % (status,)


def death_by_signal(module):
    """In the wait status a signal is the low byte. 2.7 takes its unicode as well as its str."""
    status = module.system(KILL)
    assert status == 9, "status is %r" % (status,)


def refuses(module, error, *arguments):
    try:
        result = module.system(*arguments)
    except Exception as raised:
        assert type(raised) is error, "%s: %s, not %s" % (type(raised).__name__, raised, error.__name__)
    else:
        raise AssertionError("%r was returned, not %s raised" % (result, error.__name__))


def values_read_through_macros(module):
    """Of the module that has the function: the offsets that its headers gave it are those of this interpreter."""
    if hasattr(module, "values"):
        given = TOKEN, [TOKEN], "spam and eggs", 0.5
        seen = module.values((given[0],), *given[1:])
        assert seen == (TOKEN, TOKEN, ord("s"), 0.5), "the macros read %r" % (seen,)


def no_argument(module):
    refuses(module, TypeError)


def two_arguments(module):
    refuses(module, TypeError, "true", "true")


def a_number(module):
    refuses(module, TypeError, 7)


def none(module):
    refuses(module, TypeError, None)


def bytes_where_text_is_wanted(module):
    """2.7 has no difference between the two; a bytearray it does not take."""
    refuses(module, TypeError, bytearray(b"true") if PY2 else b"true")


def an_embedded_nul(module):
    """The shell would see the command cut short."""
    refuses(module, NUL_IS_REFUSED, "exit 3\0; exit 4")


def text_that_cannot_be_encoded(module):
    refuses(module, UnicodeEncodeError, NOT_ENCODABLE)


def freeze_memory():
    """From here on this process gets not one page more. Returns what gives it back.

    Only Linux says how many it has. Elsewhere nothing is frozen, and shells do run. Nor is PyPy frozen: its
    compiler and its collector map pages whenever they like, and would be what fails.
    """
    if hasattr(sys, "pypy_version_info"):
        return lambda: None
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        with open("/proc/self/statm") as statm:
            pages = int(statm.read().split()[0])
    except (IOError, OSError):
        return lambda: None
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize(), hard))
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def blocks():
    """Blocks that the object allocator has given out. 2.7 and PyPy cannot say, but can count their containers."""
    if hasattr(sys, "getallocatedblocks"):
        return sys.getallocatedblocks()
    gc.collect()
    return len(gc.get_objects())


def references(values):
    """How often each value is referred to. PyPy does not count."""
    if not hasattr(sys, "getrefcount"):
        return []
    return list(map(sys.getrefcount, values))


def all_references(module):
    """All references there are, which a debug build counts, and with it what was compiled for it.

    What was compiled for the release build is good in it too, and changes references without counting them.
    """
    tag = ".cpython-%d%d%s-" % (sys.version_info[:2] + (getattr(sys, "abiflags", ""),))
    counted = hasattr(sys, "gettotalrefcount") and (PY2 or tag in module.__file__)
    return sys.gettotalrefcount() if counted else 0


def ten_thousand_calls(module):
    """Arguments, results and exceptions leave nothing behind: no reference, no block, no page.

    Of twenty calls one is carried out and the others are refused, because it is the refusals that forget to
    give things back: one before the argument is converted, and eighteen, which cost less, after it. With the address space frozen, glibc
    cannot make the stack of a new process, and system() returns as if the shell could not be run: the whole
    way through the extension, without a shell each time. Where the C library needs no new page (musl), or the
    system does not say how many pages there are, shells do run, and fewer calls have to do.
    """
    system, command, number = module.system, "exit %d" % 3, int("1" + "0" * 30)
    with_a_nul = command + "\0"
    given = command, with_a_nul, number
    before = blocks()
    thaw = freeze_memory()
    try:
        rounds = ROUNDS_WITH_A_SHELL if system(command) == 3 << 8 else ROUNDS
        turns = itertools.repeat(None, rounds)
        held, held_by_all = references(given), all_references(module)
        for _ in turns:
            system(command)
            try:
                system(number)
            except TypeError:
                pass
            for _ in EIGHTEEN:
                try:
                    system(with_a_nul)
                except NUL_IS_REFUSED:
                    pass
        lost_by_all = all_references(module) - held_by_all
        lost = list(map(operator.sub, references(given), held))
    finally:
        thaw()
    grown = blocks() - before
    # What this function itself holds is a handful; a leak is one block a round.
    assert grown < rounds // 2, "%d blocks are left of %d calls" % (grown, 20 * rounds)
    assert not any(lost), "%r references to the arguments are left of %d calls" % (lost, 20 * rounds)
    assert lost_by_all < rounds // 2, "%d references are left of %d calls" % (lost_by_all, 20 * rounds)


# What is asked of every cell, also where the same bytes have passed everything else already.
BRIEF = [
    the_method_table,
    one_import_is_enough,
    values_read_through_macros,
    exit_3,
    no_argument,
    a_number,
]

# Everything.
FULL = [
    the_method_table,
    one_import_is_enough,
    values_read_through_macros,
    exit_0_and_text_with_spaces_and_quotes,
    exit_3_and_text_that_is_not_ascii,
    exit_255_after_100_kilobytes,
    death_by_signal,
    no_argument,
    two_arguments,
    a_number,
    none,
    bytes_where_text_is_wanted,
    an_embedded_nul,
    text_that_cannot_be_encoded,
    ten_thousand_calls,
]


def run(module, brief):
    """Runs the probes in order. Returns (how many were right, None or (probe, what was wrong))."""
    probes = BRIEF if brief else FULL
    for passed, probe in enumerate(probes):
        try:
            probe(module)
        except Exception as error:
            said = str(error) if isinstance(error, AssertionError) else repr(error)
            return passed, (probe.__name__.replace("_", "-"), said)
    return len(probes), None
