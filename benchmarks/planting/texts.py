"""Defects of a file's text: quotes, encodings, line ends, delimiters."""

from planting.delivery import (
    TREATED,
    defect,
)


@defect("file")
def header_twice(delivery):
    delivery.edit_rows("hanyang/events", lambda r, h: r.insert(5, list(r[0])))


@defect("file")
def trailing_commas_all(delivery):
    delivery.edit_bytes(
        "hanyang/events",
        lambda b: b"\n".join(line + b",," if line else line for line in b.split(b"\n")),
    )


@defect("file")
def trailing_comma_one(delivery):
    delivery.edit_bytes(
        "hanyang/events",
        lambda b: b"\n".join(
            line + b"," if i == 3 else line for i, line in enumerate(b.split(b"\n"))
        ),
    )


@defect("file")
def ragged_short(delivery):
    delivery.edit_bytes(
        "hanyang/visits",
        lambda b: b"\n".join(
            line.rsplit(b",", 2)[0] if i == 3 else line
            for i, line in enumerate(b.split(b"\n"))
        ),
    )


@defect("file")
def quote_unbalanced(delivery):
    delivery.edit_bytes("hanyang/events", lambda b: b.replace(b"\nHYU", b'\n"HYU', 1))


@defect("file")
def quote_two_unbalanced(delivery):
    # two stray quotes: even count, swallows lines between
    def f(b):
        lines = b.split(b"\n")
        lines[3] = b'"' + lines[3]
        lines[9] = lines[9] + b'"'
        return b"\n".join(lines)

    delivery.edit_bytes("hanyang/events", f)


@defect("file")
def quote_inner_inches(delivery):
    delivery.set_value("hanyang/medications", lambda x: True, "medication", "x")
    delivery.edit_bytes(
        "hanyang/medications",
        lambda b: (
            b.replace(b",x,", b',5" tube,', 1) + b'HYU-9999,3" tube,2019-01-01,\n'
        ),
    )


@defect("file")
def bom_utf8(delivery):
    delivery.edit_bytes("hanyang/visits", lambda b: b"\xef\xbb\xbf" + b)


@defect("file")
def utf16(delivery):
    delivery.edit_bytes("hanyang/visits", lambda b: b.decode().encode("utf-16"))


@defect("file")
def utf16le_nobom(delivery):
    delivery.edit_bytes("hanyang/visits", lambda b: b.decode().encode("utf-16-le"))


@defect("file")
def latin1(delivery):
    delivery.edit_bytes(
        "hanyang/adverse_events", lambda b: b.replace(b"Fever", b"Fi\xe8vre", 1)
    )


@defect("file")
def nul_bytes(delivery):
    delivery.edit_bytes("hanyang/visits", lambda b: b.replace(b",N,", b",\x00N,", 1))


@defect("file")
def nul_in_id(delivery):
    delivery.edit_bytes(
        "hanyang/events",
        lambda b: b.replace(TREATED.encode(), TREATED.encode() + b"\x00", 1),
    )


@defect("file")
def crlf(delivery):
    delivery.edit_bytes("hanyang/events", lambda b: b.replace(b"\n", b"\r\n"))


@defect("file")
def cr_only(delivery):
    delivery.edit_bytes("hanyang/events", lambda b: b.replace(b"\n", b"\r"))


@defect("file")
def cr_only_proact(delivery):
    delivery.edit_bytes("deathdata", lambda b: b.replace(b"\n", b"\r"))


@defect("file")
def blank_lines(delivery):
    delivery.edit_bytes("hanyang/events", lambda b: b.replace(b"\n", b"\n\n", 5))


@defect("file")
def long_field(delivery):
    delivery.set_value(
        "hanyang/adverse_events", lambda x: True, "term", "x" * 3_000_000
    )


@defect("file")
def semicolons(delivery):
    delivery.edit_bytes("hanyang/events", lambda b: b.replace(b",", b";"))


@defect("file")
def sep_line(delivery):
    delivery.edit_bytes("hanyang/events", lambda b: b"sep=,\n" + b)


@defect("file")
def tabs(delivery):
    delivery.edit_bytes("hanyang/events", lambda b: b.replace(b",", b"\t"))


@defect("file")
def quote_swallow_alsfrs(delivery):
    # a stray quote opens mode_of_administration on one line, one closes it 40 lines on
    def f(b):
        lines = b.decode().split("\n")

        def setc(i, v):
            x = lines[i].split(",")
            x[18] = v
            lines[i] = ",".join(x)

        setc(500, '"Phone')
        setc(540, 'clinic"')
        return "\n".join(lines).encode()

    delivery.edit_bytes("alsfrs", f)


@defect("file")
def quote_swallow_visits_id(delivery):
    def f(b):
        lines = b.decode().split("\n")
        lines[300] = '"' + lines[300]
        x = lines[312].split(",", 1)
        lines[312] = x[0] + '",' + x[1]
        return "\n".join(lines).encode()

    delivery.edit_bytes("hanyang/visits", f)
