"""Wheels that two readers may understand differently: one change each of a sound wheel.

`CASES` maps the name of each case to a function that returns the bytes of the wheel. A case is named after the kind of
ambiguity that it shows; what follows a colon tells cases of one kind apart.
"""

import struct
import zlib

DIST_INFO = "spam-1.0.dist-info"
NAME = "spam-1.0-py3-none-any.whl"


class Member:
    """A member, with what its own header says where that differs from the directory."""

    def __init__(self, name, data=b"", **fields):
        self.name = name if isinstance(name, bytes) else name.encode()
        self.data = data
        self.method = 8
        self.flags = 0
        self.mode = 0o100644
        self.version = 20
        self.extra = b""
        self.comment = b""
        self.local = {}
        self.descriptor = None
        self.__dict__.update(fields)

    def stored(self):
        if self.method != 8:
            return self.data
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        return deflater.compress(self.data) + deflater.flush()

    def values(self, local):
        values = {
            "name": self.name,
            "flags": self.flags,
            "method": self.method,
            "crc": zlib.crc32(self.data),
            "compressed": len(self.stored()),
            "size": len(self.data),
            "extra": self.extra,
        }
        if local and self.descriptor is not None:
            values.update(crc=0, compressed=0, size=0)
        if local:
            values.update(self.local)
        return values

    def header(self, local):
        v = self.values(local)
        fixed = struct.pack("<HHIIII", v["flags"], v["method"], 0x21 << 16, v["crc"], v["compressed"], v["size"])
        return fixed + struct.pack("<HH", len(v["name"]), len(v["extra"])), v["name"] + v["extra"]


def record(members):
    names = [member.name.decode("utf-8", "replace") for member in members]
    return "".join(f"{name},,\n" for name in names + [DIST_INFO + "/RECORD"]).encode()


def metadata():
    return [
        Member(DIST_INFO + "/METADATA", b"Metadata-Version: 2.1\nName: spam\nVersion: 1.0\n"),
        Member(DIST_INFO + "/WHEEL", b"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
    ]


def wheel(*members, **stray):
    """A wheel of these members and its metadata."""
    members = [*members, *metadata()]
    return archive([*members, Member(DIST_INFO + "/RECORD", record(members))], **stray)


def archive(members, **stray):
    """An archive. `stray` has bytes by their place, and changed values of the end record."""
    get = lambda place: stray.get(place, b"")
    out = get("before")
    directory = b""
    for index, member in enumerate(members):
        offset = member.__dict__.get("offset", len(out))
        fixed, names = member.header(local=True)
        out += b"PK\3\4" + struct.pack("<H", 20) + fixed + names + member.stored()
        if member.descriptor is not None:
            crc, compressed, size = member.descriptor(zlib.crc32(member.data), len(member.stored()), len(member.data))
            out += b"PK\7\x08" + struct.pack("<III", crc, compressed, size)
        if index == 0:
            out += get("between")
        fixed, names = member.header(local=False)
        directory += b"PK\1\2" + struct.pack("<BBH", 20, 3, member.version) + fixed
        directory += struct.pack("<HHHII", len(member.comment), 0, 0, member.mode << 16, offset) + names + member.comment
    out += get("directory")
    start = len(out)
    out += directory + get("records")
    count = stray.get("count", len(members))
    if stray.get("zip64"):
        at = len(out)
        values = {"count": count, "size": len(directory), "start": start, "place": at, **stray["zip64"]}
        out += b"PK\6\6" + struct.pack("<QHHII", 44, 45, 45, 0, 0)
        out += struct.pack("<QQQQ", values["count"], values["count"], values["size"], values["start"])
        out += b"PK\6\7" + struct.pack("<IQI", 0, values["place"], values.get("disks", 1))
    comment = get("comment")
    length = stray.get("comment_length", len(comment))
    here = stray.get("count_here", count)
    start = stray.get("start", start)
    out += b"PK\5\6" + struct.pack("<HHHHIIH", stray.get("disk", 0), 0, here, count, len(directory), start, length)
    return get("front") + out + comment + get("behind")


def unicode_path(replaced, name):
    content = struct.pack("<BI", 1, zlib.crc32(replaced.encode())) + name.encode()
    return struct.pack("<HH", 0x7075, len(content)) + content


def one(**fields):
    name = fields.pop("name", "spam.py")
    data = fields.pop("data", b"good = 1\n")
    return wheel(Member(name, data, **fields))


def hidden():
    """A member that the directory does not list."""
    member = Member("evil.py", b"evil = 1\n")
    fixed, names = member.header(local=True)
    return b"PK\3\4" + struct.pack("<H", 20) + fixed + names + member.stored()


def second_offset():
    """Two entries for one header."""
    good = Member("spam.py", b"good = 1\n")
    return wheel(good, Member("spam.py", b"evil = 1\n", offset=0))


GOOD = Member("spam.py", b"good = 1\n")

CASES = {
    "sound": lambda: wheel(GOOD),
    "sound:stored": lambda: one(method=0),
    "sound:zip64": lambda: wheel(GOOD, zip64={"disks": 1}),
    "sound:descriptor": lambda: one(flags=8, descriptor=lambda *values: values),
    "sound:comment": lambda: wheel(GOOD, comment=b"comment"),
    "sound:member-comment": lambda: one(comment=b"comment"),
    "sound:utf-8": lambda: one(name="sp\xe4m.py", flags=0x800),
    "second-end": lambda: wheel(GOOD, comment=wheel(Member("spam.py", b"evil = 1\n"))),
    "second-end:in-a-row": lambda: wheel(GOOD) + wheel(Member("spam.py", b"evil = 1\n")),
    "end-comment": lambda: wheel(GOOD, comment_length=9),
    "bytes-before": lambda: wheel(GOOD, before=b"spam"),
    "bytes-before:not-counted": lambda: wheel(GOOD, front=b"spam"),
    "bytes-between": lambda: wheel(GOOD, between=b"spam"),
    "bytes-between:directory": lambda: wheel(GOOD, directory=b"spam"),
    "bytes-between:end-record": lambda: wheel(GOOD, records=b"spam"),
    "bytes-behind": lambda: wheel(GOOD, behind=b"spam"),
    "bytes-behind:one-zero": lambda: wheel(GOOD, behind=b"\0"),
    "unlisted": lambda: wheel(GOOD, between=hidden()),
    "unlisted:first": lambda: wheel(GOOD, before=hidden()),
    "entry-count:less": lambda: wheel(GOOD, count=1),
    "entry-count:more": lambda: wheel(GOOD, count=9),
    "directory-place": lambda: wheel(GOOD, start=1 << 20),
    "zip64-place": lambda: wheel(GOOD, zip64={"place": 0}),
    "zip64-values": lambda: wheel(GOOD, zip64={"count": 1}),
    "split-archive": lambda: wheel(GOOD, disk=1),
    "split-archive:count": lambda: wheel(GOOD, count_here=1),
    "split-archive:zip64": lambda: wheel(GOOD, zip64={"disks": 2}),
    "second-dist-info": lambda: wheel(GOOD, Member("eggs-1.0.dist-info/METADATA", b"Name: eggs\n")),
    "local-name": lambda: one(local={"name": b"evil.py"}),
    "local-method": lambda: one(local={"method": 0}),
    "sound:utf-8-flag-of-ascii": lambda: one(local={"flags": 0x800}),
    "local-flags:utf-8": lambda: one(name="sp\xe4m.py", flags=0x800, local={"flags": 0}),
    "local-flags:encrypted": lambda: one(local={"flags": 1}),
    "local-flags:descriptor": lambda: one(local={"flags": 8}),
    "local-size": lambda: one(local={"size": 1}),
    "local-size:compressed": lambda: one(local={"compressed": 1}),
    "local-checksum": lambda: one(local={"crc": 1}),
    "descriptor:size": lambda: one(flags=8, descriptor=lambda crc, packed, size: (crc, packed, 1)),
    "descriptor:crc": lambda: one(flags=8, descriptor=lambda crc, packed, size: (1, packed, size)),
    "overlap": second_offset,
    "local-header": lambda: one(offset=1),
    "duplicate": lambda: wheel(GOOD, Member("spam.py", b"evil = 1\n")),
    "duplicate:equal": lambda: wheel(GOOD, GOOD),
    "duplicate:folder": lambda: wheel(Member("spam/", method=0), Member("spam/", method=0), Member("spam/a.py")),
    "duplicate-folded:case": lambda: wheel(GOOD, Member("SPAM.py", b"evil = 1\n")),
    "duplicate-folded:unicode": lambda: wheel(Member("\xe9.py", flags=0x800), Member("e\u0301.py", flags=0x800)),
    "file-and-folder": lambda: wheel(Member("spam", b"file"), Member("spam/a.py", b"")),
    "folder-with-bytes": lambda: wheel(Member("spam/", b"bytes"), Member("spam/a.py", b"")),
    "name-nul": lambda: one(name="spam.py\0.txt"),
    "name-control:newline": lambda: one(name="sp\nam.py"),
    "name-control:escape": lambda: one(name="sp\x1bam.py"),
    "name-not-utf-8": lambda: one(name=b"sp\xe4m.py"),
    "name-not-utf-8:flag": lambda: one(name=b"sp\xe4m.py", flags=0x800),
    "name-without-flag": lambda: one(name="sp\xe4m.py"),
    "unicode-path": lambda: one(name="good.txt", extra=unicode_path("good.txt", "evil.py")),
    "unicode-path:another-crc": lambda: one(name="good.txt", extra=unicode_path("bad.txt", "evil.py")),
    "unicode-path:local": lambda: one(name="good.txt", local={"extra": unicode_path("good.txt", "evil.py")}),
    "name-empty": lambda: one(name=""),
    "redundant-part:dot": lambda: one(name="./spam.py"),
    "redundant-part:empty": lambda: one(name="spam//a.py"),
    "absolute": lambda: one(name="/tmp/soabi-absolute-spam.py"),
    "absolute:drive": lambda: one(name="C:spam.py"),
    "parent-folder": lambda: one(name="../spam.py"),
    "parent-folder:inside": lambda: one(name="spam/../spam.py"),
    "backslash": lambda: one(name="spam\\a.py"),
    "symbolic-link": lambda: one(mode=0o120777, data=b"target"),
    "special-file": lambda: one(mode=0o010644),
    "method:bzip2": lambda: one(method=12),
    "encrypted": lambda: one(flags=1),
    "encrypted:patch": lambda: one(flags=0x20),
    "version-needed": lambda: one(version=64),
    "extra-field": lambda: one(extra=b"\1\2\3\4\5"),
    "duplicate-extra": lambda: one(extra=unicode_path("spam.py", "spam.py") * 2),
}
