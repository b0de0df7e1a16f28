#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Says with other people's parsers (html5lib, expat, tinycss2) whether a cleaned text still fetches or runs anything.

usage: oracle.py CLEAN_SNIPPETS SNIPPETS    all rows; ends with 77 if a parser is not installed
"""
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

try:
    import html5lib
    import tinycss2
except ImportError as missing:
    if sys.executable != "/usr/bin/python3" and os.access("/usr/bin/python3", os.X_OK):  # Debian's has its packages
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
    print(f"skipped: {missing}")
    sys.exit(77)

FETCHING = {"src", "background", "poster", "lowsrc", "dynsrc", "data", "action", "formaction", "href", "longdesc",
            "icon", "value", "to", "from", "values"}
FORBIDDEN = {"srcset", "imagesrcset", "ping", "manifest", "srcdoc", "codebase", "classid", "archive", "code",
             "attributionsrc", "datasrc", "implementation"}
PROGRAMS = ("javascript:", "vbscript:", "data:", "file:")
PICTURES = re.compile(r"data:image/(?!svg)[a-z.-]+[;,]|data:,")
STYLED = {"style", "fill", "stroke", "filter", "mask", "clip-path", "cursor", "marker", "marker-start", "marker-mid",
          "marker-end"}


def is_local(address):
    address = re.sub("[\t\n\r]", "", address.strip("".join(map(chr, range(33))))).lower()
    return not address or address.startswith(("cid:", "mid:", "#")) or bool(PICTURES.match(address))


def is_program(address):
    address = re.sub("[\t\n\r]", "", address.strip("".join(map(chr, range(33))))).lower()
    return address.startswith(PROGRAMS) and not PICTURES.match(address)


def css_faults(nodes):
    for node in nodes or []:
        if node.type == "url" and not is_local(node.value):
            yield f"url({node.value})"
        if node.type == "at-rule" and node.lower_at_keyword == "import":
            yield "@import"
        if node.type == "at-keyword" and node.lower_value == "import":
            yield "@import"
        if node.type == "function":
            strings = [n.value for n in node.arguments if n.type == "string"]
            if node.lower_name in ("url", "src", "image-set", "-webkit-image-set", "image"):
                yield from (f"{node.lower_name}({s})" for s in strings if not is_local(s))
            if node.lower_name in ("expression", "alphaimageloader"):
                yield node.lower_name
            yield from css_faults(node.arguments)
        for inner in ("content", "prelude", "value"):
            if isinstance(getattr(node, inner, None), list):
                yield from css_faults(getattr(node, inner))


def sheet_faults(text):
    yield from css_faults(tinycss2.parse_component_value_list(text))
    yield from css_faults(tinycss2.parse_stylesheet(text))


def local(name):
    return re.split("[}:]", name)[-1].lower()


def attribute_faults(tag, name, value, strict):
    where = f"<{tag} {name}={value[:40]!r}>"
    prefixed = "}" in name or ":" in name
    name = local(name)
    link = tag in ("a", "area", "roundrect") and name == "href" and not prefixed and not strict
    if link:
        if is_program(value):
            yield where
    elif name in ("value", "to", "from", "values"):
        if tag in ("param", "set", "animate") and not is_local(value):
            yield where
    elif name in FETCHING and not is_local(value):
        yield where
    if name in FORBIDDEN or re.fullmatch("on[a-z]+", name):
        yield where
    if name in STYLED:
        yield from (f"{where}: {fault}" for fault in sheet_faults(value))
    if tag == "meta" and name == "http-equiv" and value.strip().lower() in ("refresh", "content-security-policy"):
        yield where


def tree_faults(tree, strict):
    for element in tree.iter():
        if not isinstance(element.tag, str):
            if element.text and element.text.startswith("[if"):  # for some readers no comment
                yield from html_faults(element.text.partition(">")[2], strict)
            continue
        tag = local(element.tag)
        if tag == "script" and element.get("type") != "x-p3/off":
            yield "<script>"
        if tag == "style":
            yield from sheet_faults("".join(element.itertext()))
            yield from sheet_faults(element.text or "")
        for name, value in element.attrib.items():
            yield from attribute_faults(tag, name, value, strict)


def html_faults(text, strict):
    for scripting in (False, True):
        parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"))
        yield from tree_faults(parser.parse(text, scripting=scripting), strict)


def xml_faults(octets, strict):
    try:
        yield from tree_faults(ElementTree.fromstring(octets), strict)
    except ElementTree.ParseError:
        pass  # no reader shows it
    declared = re.search(rb"<!(ENTITY|ATTLIST)", octets)
    if declared:
        yield declared.group().decode()


def faults(octets, mode, syntax):
    text = octets.decode("utf-8", "replace")
    strict = mode == "strict"
    if syntax == "css":
        return list(sheet_faults(text))
    found = list(html_faults(text, strict))
    if syntax != "html":
        found += xml_faults(octets, strict)
    return found


def main():
    rows = subprocess.run(sys.argv[1:3], check=True, capture_output=True, text=True).stdout.splitlines()
    bad = noticed = 0
    for row in rows:
        name, mode, syntax, before, after = row.split("\t")
        if mode == "p3pmail":
            continue
        noticed += bool(faults(bytes.fromhex(before), mode, syntax))
        for fault in faults(bytes.fromhex(after), mode, syntax):
            bad += 1
            print(f"{name}: {fault}")
    print(f"{len(rows)} rows: {noticed} were dangerous, {bad} dangers are left")
    return 1 if bad or noticed < len(rows) / 2 else 0  # an oracle that notices nothing proves nothing


if __name__ == "__main__":
    sys.exit(main())
