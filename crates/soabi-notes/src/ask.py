"""Asks this interpreter the claims of a folder, one after the other.

It is given to every interpreter from 2.7 to 3.15, as a script: `python ask.py ANSWERS FOLDERS CLAIM...`, in the folder
that holds a file for each of the claims. FOLDERS are those of the modules in C, as in PATH. The answers are lines
appended to the file ANSWERS, words with tabs between:

    begin CLAIM                       from here on it is this one that is asked
    say CLAIM ROW COLUMN ANSWER       what it answered
    skip CLAIM ROW COLUMN REASON      why it cannot be asked here
    cost SECONDS                      the processor time of all of it, without the start of the interpreter

Whoever started it goes on behind the last claim that was begun, should the interpreter not survive it.

The source of a claim is run with these names:

    say(row, [column,] answer)  an answer; one that is no text is shown
    skip(row, [column,] reason) why there is no answer on this machine
    show(value)                 a value in the same words in every version: bytes with a b, text without a u, NULL
    attempt(call, ...)          what the call returns, shown, or the exception with its message; and a warning's name
    kind(call, ...)             the same, but of an exception its type alone
    each(names, rows)           says what every row, an expression over these names, attempts to be
    grid(call, rows, columns, names)
                                says of every row, an expression over these names, and every column what
                                kind(call, column, value) is
    text                        the type of text: unicode or str
"""
import os
import sys
import time
import warnings

clock = getattr(time, "process_time", None) or time.clock
STARTED = clock()
text = type(u"")
try:
    ascii
except NameError:
    ascii = repr


def show(value):
    if type(value) is int:
        return repr(value)
    if value is Ellipsis:
        return "NULL"
    if isinstance(value, (tuple, list)):
        words = [show(item) for item in value]
        if isinstance(value, list):
            return "[%s]" % ", ".join(words)
        return "(%s)" % (words[0] + "," if len(words) == 1 else ", ".join(words))
    if isinstance(value, dict):
        return "{%s}" % ", ".join(sorted("%s: %s" % (show(key), show(value[key])) for key in value))
    if isinstance(value, text):
        return ascii(value).lstrip("u")
    if isinstance(value, bytes):
        return "b" + repr(value).lstrip("b")
    if isinstance(value, bytearray):
        return "bytearray(%s)" % show(bytes(value))
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, BaseException):
        return type(value).__name__
    shown = repr(value)
    return shown.rstrip("L") if shown[:1].isdigit() or shown[:1] == "-" else shown


def attempt(call, *args, **keywords):
    return heard(call, args, keywords, lambda error: "%s: %s" % (type(error).__name__, error))


def kind(call, *args, **keywords):
    return heard(call, args, keywords, lambda error: type(error).__name__)


warned = []


def heard(call, args, keywords, of_error):
    """What came of a call, and behind it the name of the first warning that was given."""
    del warned[:]
    try:
        answer = show(call(*args, **keywords))
    except Exception as error:
        answer = of_error(error)
    return answer + ", " + warned[0] if warned else answer


def hear(message, category, *where):
    warned.append(category.__name__)


def run(name, answers):
    def write(*words):
        answers.write("\t".join(words).replace("\n", " ") + "\n")

    def tell(what, row, *answer):
        column, answer = answer if len(answer) == 2 else ("answer", answer[0])
        write(what, name, row, column, answer if isinstance(answer, str) else show(answer))

    def say(row, *answer):
        tell("say", row, *answer)

    def skip(row, *reason):
        tell("skip", row, *reason)

    def each(names, rows):
        for row in rows:
            say(row, attempt(eval, row, names))

    def grid(call, rows, columns, names=None):
        # One expression for all of them: in some builds the compiler takes longer than what is asked.
        for row, value in zip(rows, eval("[%s]" % ", ".join(rows), names or {})):
            for column in columns:
                say(row, column, kind(call, column, value))

    write("begin", name)
    # Who dies of it takes along what is not written yet.
    answers.flush()
    with open(name + ".py") as file:
        source = file.read()
    names = {"__name__": name, "__builtins__": __builtins__}
    names.update(say=say, skip=skip, show=show, attempt=attempt, kind=kind, each=each, grid=grid, text=text)
    try:
        exec(compile(source, name + ".py", "exec", 0, True), names)
    except Exception as error:
        say("it ends", "%s: %s" % (type(error).__name__, error))


def main(output, folders, names):
    sys.path[1:1] = [folder for folder in folders.split(os.pathsep) if folder]
    warnings.simplefilter("always")
    warnings.showwarning = hear
    with open(output, "a") as answers:
        for name in names:
            run(name, answers)
        answers.write("cost\t%.4f\n" % (clock() - STARTED))


main(sys.argv[1], sys.argv[2], sys.argv[3:])
