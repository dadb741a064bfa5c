"""Defects of files: missing, cut, compressed, copied, in the wrong place."""

import gzip
import os
import shutil
from zipfile import ZipFile

from planting.delivery import (
    defect,
)


@defect("file")
def missing_required(delivery):
    delivery.path("alsfrs").unlink()


@defect("file")
def missing_optional_svc(delivery):
    delivery.path("svc").unlink()


@defect("file")
def missing_elescorial(delivery):
    delivery.path("elescorial").unlink()


@defect("file")
def missing_site_events(delivery):
    delivery.path("hanyang/events").unlink()


@defect("file")
def missing_site_medications(delivery):
    delivery.path("hanyang/medications").unlink()


@defect("file")
def empty_file(delivery):
    delivery.path("deathdata").write_bytes(b"")


@defect("file")
def header_only_death(delivery):
    delivery.edit_bytes("deathdata", lambda b: b.split(b"\n")[0] + b"\n")


@defect("file")
def header_only_site_events(delivery):
    delivery.edit_bytes("hanyang/events", lambda b: b.split(b"\n")[0] + b"\n")


@defect("file")
def header_only_site_ae(delivery):
    delivery.edit_bytes("hanyang/adverse_events", lambda b: b.split(b"\n")[0] + b"\n")


@defect("file")
def gz_truncated(delivery):
    p = delivery.path("deathdata")
    data = p.read_bytes()
    p.unlink()
    z = gzip.compress(data)
    (p.parent / "PROACT_DEATHDATA.csv.gz").write_bytes(z[: len(z) // 2])


@defect("file")
def gz_ok_named_csv(delivery):
    p = delivery.path("deathdata")
    p.write_bytes(gzip.compress(p.read_bytes()))


@defect("file")
def gz_concat(delivery):
    p = delivery.path("deathdata")
    data = p.read_bytes()
    p.unlink()
    i = data.index(b"\n", len(data) // 2) + 1
    (p.parent / "PROACT_DEATHDATA.csv.gz").write_bytes(
        gzip.compress(data[:i]) + gzip.compress(data[i:])
    )


@defect("file")
def gz_trailing_garbage(delivery):
    p = delivery.path("deathdata")
    data = p.read_bytes()
    p.unlink()
    (p.parent / "PROACT_DEATHDATA.csv.gz").write_bytes(
        gzip.compress(data) + b"garbage here"
    )


@defect("file")
def zip_delivered(delivery):
    p = delivery.path("elescorial")
    with ZipFile(p.parent / "PROACT_ELESCORIAL.zip", "w") as z:
        z.write(p, "PROACT_ELESCORIAL.csv")
    p.unlink()


@defect("file")
def xlsx_named(delivery):
    p = delivery.path("hanyang/medications")
    p.rename(p.with_suffix(".xlsx"))


@defect("file")
def site_symlink_out(delivery):
    path = delivery.path("hanyang/medications")
    outside = delivery.root.parent / "outside.csv"
    shutil.move(path, outside)
    path.symlink_to(outside)


@defect("file")
def dangling_symlink(delivery):
    p = delivery.path("hanyang/medications")
    p.unlink()
    p.symlink_to("/nonexistent/x.csv")


@defect("file")
def dangling_symlink_required(delivery):
    p = delivery.path("hanyang/visits")
    p.unlink()
    p.symlink_to("/nonexistent/x.csv")


@defect("file")
def dir_named_csv(delivery):
    p = delivery.path("hanyang/medications")
    p.unlink()
    p.mkdir()


@defect("file")
def dir_named_csv_required(delivery):
    p = delivery.path("hanyang/visits")
    p.unlink()
    p.mkdir()


@defect("file")
def fifo(delivery):
    p = delivery.path("hanyang/medications")
    p.unlink()
    os.mkfifo(p)


@defect("file")
def two_files_one_table(delivery):
    shutil.copy(delivery.path("deathdata"), delivery.root / "proact" / "DeathData.csv")


@defect("file")
def two_files_gz(delivery):
    (delivery.root / "sites/hanyang/events.csv.gz").write_bytes(
        gzip.compress(delivery.path("hanyang/events").read_bytes())
    )


@defect("file")
def copy_named_1(delivery):
    shutil.copy(
        delivery.path("hanyang/events"), delivery.root / "sites/hanyang/events (1).csv"
    )


@defect("file")
def hidden_file(delivery):
    delivery.path("hanyang/medications").rename(
        delivery.root / "sites/hanyang/.medications.csv"
    )


@defect("file")
def truncated_mid_line(delivery):
    delivery.edit_bytes("hanyang/visits", lambda b: b[: len(b) * 9 // 10])


@defect("file")
def truncated_at_line(delivery):
    delivery.edit_bytes(
        "hanyang/visits", lambda b: b[: b.index(b"\n", len(b) * 9 // 10) + 1]
    )


@defect("file")
def truncated_events_90(delivery):
    delivery.edit_bytes(
        "hanyang/events", lambda b: b[: b.index(b"\n", len(b) * 9 // 10) + 1]
    )


@defect("file")
def same_file_two_sites(delivery):
    for f in ["subjects", "doses", "visits", "events", "adverse_events", "medications"]:
        p = delivery.path(f"olsztyn/{f}")
        p.unlink()
        shutil.copy(delivery.path(f"hanyang/{f}"), p)


@defect("file")
def site_copied_as_new_site(delivery):
    shutil.copytree(delivery.root / "sites/hanyang", delivery.root / "sites/hanyang2")


@defect("file")
def empty_site_folder(delivery):
    (delivery.root / "sites/berlin").mkdir()


@defect("file")
def stray_file_in_sites(delivery):
    (delivery.root / "sites/notes.csv").write_text("a,b\n1,2\n")


@defect("file")
def site_name_case(delivery):
    (delivery.root / "sites/hanyang").rename(delivery.root / "sites/Hanyang")


@defect("file")
def site_name_space(delivery):
    (delivery.root / "sites/hanyang").rename(delivery.root / "sites/hanyang ")


@defect("file")
def site_name_quote(delivery):
    shutil.copytree(
        delivery.root / "sites/olsztyn", delivery.root / "sites/o'ls; drop table x--"
    )


@defect("file")
def rows_lost_last_visits(delivery):
    delivery.edit_rows(
        "hanyang/visits",
        lambda r, h: [x for i, x in enumerate(r) if i == 0 or x[1] < "2020-01-01"],
    )


@defect("file")
def alsfrs_truncated_half(delivery):
    delivery.edit_bytes("alsfrs", lambda b: b[: b.index(b"\n", len(b) * 5 // 10) + 1])


@defect("file")
def alsfrs_truncated_90(delivery):
    delivery.edit_bytes("alsfrs", lambda b: b[: b.index(b"\n", len(b) * 9 // 10) + 1])


@defect("file")
def two_deliveries_mixed(delivery):
    # subjects.csv of an older export: 10% of patients missing
    delivery.edit_bytes(
        "hanyang/subjects", lambda b: b[: b.index(b"\n", len(b) * 9 // 10) + 1]
    )
