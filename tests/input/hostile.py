#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
"""Makes hostile copies of a Go program (64 bits, little-endian).   hostile.py PROGRAM FOLDER

Prints a line for each: the file, and what is wrong with it."""
import re
import struct
import sys
import zlib

HUGE = 0x1_0000_0000


def sections(data):
    """Name -> position of its header, offset, size."""
    start, = struct.unpack_from("<Q", data, 0x28)
    num, names = struct.unpack_from("<HH", data, 0x3C)
    strings, = struct.unpack_from("<Q", data, start + names * 64 + 24)
    found = {}
    for i in range(num):
        at = start + i * 64
        name, = struct.unpack_from("<I", data, at)
        offset, size = struct.unpack_from("<QQ", data, at + 24)
        found[data[strings + name:data.index(b"\0", strings + name)].decode()] = (at, offset, size)
    return found


def self_typedef(data, found):
    """Uncompressed DWARF in which main's first typedef is of its own type."""
    at, offset, size = found[".debug_info"]
    info = bytearray(zlib.decompress(data[offset + 24:offset + size]))
    abbrev_at, abbrev_offset, abbrev_size = found[".debug_abbrev"]
    abbrev = zlib.decompress(data[abbrev_offset + 24:abbrev_offset + abbrev_size])
    # DW_TAG_typedef, no children, DW_AT_name string, DW_AT_type ref_addr, ...
    codes = [m.group(1)[0] for m in re.finditer(rb"([\x01-\x7f])\x16\x00\x03\x08\x49\x10", abbrev)]
    changed = 0
    for code in codes:
        for m in re.finditer(bytes([code]) + rb"([a-zA-Z][\w./]{3,60})\0(....)", bytes(info), re.S):
            target, = struct.unpack("<I", m.group(2))
            if target < len(info):
                struct.pack_into("<I", info, m.start(2), m.start())
                changed += 1
    copy = bytearray(data)
    copy += b"\0" * (-len(copy) % 8)
    struct.pack_into("<QQ", copy, at + 24, len(copy), len(info))
    flags, = struct.unpack_from("<Q", copy, at + 8)
    struct.pack_into("<Q", copy, at + 8, flags & ~0x800)
    return copy + info, changed


def main():
    program, folder = sys.argv[1:]
    data = open(program, "rb").read()
    found = sections(data)

    def write(name, content, what):
        open(f"{folder}/{name}", "wb").write(content)
        print(f"{folder}/{name} {what}")

    small = bytearray(data[:1 << 20])
    write("cut", small, "only the first megabyte, sections claimed beyond it")
    for name in (".gopclntab", ".debug_info", ".symtab", ".text"):
        copy = bytearray(data)
        struct.pack_into("<Q", copy, found[name][0] + 32, HUGE + found[name][2])
        write("size" + name, copy, f"{name} claims 4 GiB")
    copy = bytearray(data)
    struct.pack_into("<Q", copy, found[".debug_info"][1] + 8, HUGE)
    write("inflated", copy, "compressed DWARF claims 4 GiB")
    for word, what in ((1, "functions"), (2, "files"), (4, "names"), (8, "function table")):
        copy = bytearray(data)
        struct.pack_into("<Q", copy, found[".gopclntab"][1] + 8 * word, HUGE)
        write(f"count{word}", copy, f"the function table's header claims 4 GiB of {what}")
    phoff, = struct.unpack_from("<Q", data, 0x20)
    copy = bytearray(data)
    for i in range(struct.unpack_from("<H", data, 0x38)[0]):
        struct.pack_into("<QQ", copy, phoff + i * 56 + 32, HUGE, HUGE)
    write("segments", copy, "every segment claims 4 GiB")
    copy, changed = self_typedef(data, found)
    if changed < 3:
        sys.exit(f"only {changed} typedefs found")
    write("cyclic", copy, f"{changed} types that are their own")


if __name__ == "__main__":
    main()
