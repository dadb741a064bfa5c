"""Write define.xml 2.1 of the datasets of one study and standard."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import odmlib.arm_1_0.model as define

from counterarm import __version__
from counterarm.submission.metadata import STANDARDS, Codelist, Dataset, Variable
from counterarm.submission.terms import UsedCodelist, data_type, used_codelists
from counterarm.submission.transport import file_name, longest

SDTM_CT, ADAM_CT = ("SDTM", "2025-03-28"), ("ADaM", "2025-09-26")
TERMINOLOGY = {"SDTM CT": SDTM_CT, "ADaM CT": ADAM_CT}
REFERENCE_CLASSES = ("TRIAL DESIGN",)
NOT_DELIVERED = "Not delivered by any source of this study."


@dataclass(frozen=True)
class Document:
    """A file beside define.xml that it refers to."""

    oid: str
    href: str
    title: str
    is_crf: bool = False


@dataclass
class Parts:
    """The elements of a define.xml that others refer to by OID, as they are created."""

    oids: Mapping[tuple[str, str], str]
    items: list[Any] = field(default_factory=list)
    methods: dict[str, Any] = field(default_factory=dict)
    comments: dict[str, Any] = field(default_factory=dict)
    value_lists: list[Any] = field(default_factory=list)
    where: dict[str, Any] = field(default_factory=dict)

    def comment(self, oid: str, text: str) -> str:
        """Add a comment and return its OID."""
        self.comments[oid] = define.CommentDef(OID=oid, Description=words(text))
        return oid

    def method(self, name: str, kind: str, text: str) -> str:
        """Add a method and return its OID."""
        oid = f"MT.{name}"
        self.methods[oid] = define.MethodDef(
            OID=oid, Name=f"Method of {name}", Type=kind, Description=words(text)
        )
        return oid

    def where_equal(self, dataset: str, variable: str, value: str) -> str:
        """Add the clause that a variable equals a value, and return its OID."""
        oid = f"WC.{dataset}.{variable}.{value}"
        self.where[oid] = define.WhereClauseDef(
            OID=oid,
            RangeCheck=[
                define.RangeCheck(
                    Comparator="EQ",
                    SoftHard="Soft",
                    ItemOID=item_oid(dataset, variable),
                    CheckValue=[define.CheckValue(_content=value)],
                )
            ],
        )
        return oid


def write_define(
    datasets: Sequence[Dataset],
    codelists: Mapping[str, Codelist],
    folder: Path,
    *,
    study: str,
    title: str,
    form: str,
    as_of: str,
    documents: Sequence[Document] = (),
    displays: Sequence[Any] = (),
) -> Path:
    """Write define.xml of datasets of one standard to their folder, and return it.

    `title` describes the study, `documents` are files beside it, `displays` the
    analysis results of `counterarm.submission.results`. Equal datasets give equal
    bytes: the time of creation is the start of the day `as_of`.
    """
    schema = datasets[0].schema
    used, oids = used_codelists(datasets, codelists)
    parts = Parts(oids)
    groups = [_group(one, parts, form) for one in datasets]
    version = define.MetaDataVersion(
        OID=f"MDV.{study}.{schema.upper()}",
        Name=f"{study}, data definitions of {STANDARDS[schema][0]}",
        Description=f"Data definitions of the {schema.upper()} datasets of {study}",
        DefineVersion="2.1.0",
    )
    version.Standards = define.Standards(Standard=_standards(schema, used.values()))
    _refer(version, documents)
    for display in displays:
        parts.where |= display.where
    version.ValueListDef = parts.value_lists
    version.WhereClauseDef = list(parts.where.values())
    version.ItemGroupDef, version.ItemDef = groups, parts.items
    version.CodeList = [_codelist(one) for one in used.values()]
    version.MethodDef = list(parts.methods.values())
    version.CommentDef = list(parts.comments.values())
    if displays:
        version.AnalysisResultDisplays = define.AnalysisResultDisplays(
            ResultDisplay=[display.element for display in displays]
        )
    document = define.ODM(
        FileType="Snapshot",
        FileOID=f"DEF.{study}.{schema.upper()}",
        CreationDateTime=f"{as_of}T00:00:00",
        ODMVersion="1.3.2",
        Originator="counterarm",
        SourceSystem="counterarm",
        SourceSystemVersion=__version__,
        Context="Submission",
        Study=define.Study(
            OID=f"STDY.{study}",
            GlobalVariables=define.GlobalVariables(
                StudyName=define.StudyName(_content=study),
                StudyDescription=define.StudyDescription(_content=title),
                ProtocolName=define.ProtocolName(_content=study),
            ),
            MetaDataVersion=version,
        ),
    )
    target = folder / "define.xml"
    document.write_xml(str(target))
    return target


def words(text: str) -> Any:
    """Return a description in English."""
    return define.Description(
        TranslatedText=[define.TranslatedText(_content=text, lang="en")]
    )


def item_oid(dataset: str, variable: str) -> str:
    """Return the OID of a variable."""
    return f"IT.{dataset}.{variable}"


def _standards(schema: str, used: Iterable[UsedCodelist]) -> list[Any]:
    name, version = STANDARDS[schema]
    found = [
        define.Standard(
            OID="STD.IG", Name=name, Type="IG", Version=version, Status="Final"
        )
    ]
    kinds = {one.of.standard for one in used if one.of and one.is_cdisc}
    found += [
        define.Standard(
            OID=_terminology_oid(kind),
            Name="CDISC/NCI",
            Type="CT",
            PublishingSet=TERMINOLOGY[kind][0],
            Version=TERMINOLOGY[kind][1],
            Status="Final",
        )
        for kind in sorted(kinds)
    ]
    return found


def _terminology_oid(standard: str) -> str:
    return f"STD.{standard.replace(' ', '.').upper()}"


def _refer(version: Any, documents: Sequence[Document]) -> None:
    crfs = [define.DocumentRef(leafID=one.oid) for one in documents if one.is_crf]
    others = [define.DocumentRef(leafID=one.oid) for one in documents if not one.is_crf]
    if crfs:
        version.AnnotatedCRF = define.AnnotatedCRF(DocumentRef=crfs[0])
    if others:
        version.SupplementalDoc = define.SupplementalDoc(DocumentRef=others)
    version.leaf = [_leaf(one.oid, one.href, one.title) for one in documents]


def _leaf(oid: str, href: str, title: str) -> Any:
    return define.leaf(ID=oid, href=href, title=define.title(_content=title))


def _group(dataset: Dataset, parts: Parts, form: str) -> Any:
    name = dataset.name
    file = file_name(dataset, form)
    is_adam = dataset.schema == "adam"
    attributes: dict[str, Any] = {
        "OID": f"IG.{name}",
        "Name": name,
        "Repeating": "No" if dataset.present_keys[-1] == "USUBJID" else "Yes",
        "IsReferenceData": "Yes" if dataset.class_name in REFERENCE_CLASSES else "No",
        "SASDatasetName": name,
        "Purpose": "Analysis" if is_adam else "Tabulation",
        "Structure": dataset.structure,
        "ArchiveLocationID": f"LF.{name}",
        "StandardOID": "STD.IG",
        "Description": words(dataset.label),
    }
    if not is_adam:
        attributes["Domain"] = name.removeprefix("SUPP") or name
    if dataset.comment:
        attributes["CommentOID"] = parts.comment(f"COM.{name}", dataset.comment)
    group = define.ItemGroupDef(**attributes)
    group.ItemRef = [
        _item(dataset, one, number, parts)
        for number, one in enumerate(dataset.variables, 1)
    ]
    group.Class = define.Class(Name=dataset.class_name)
    if dataset.subclass:
        group.Class.SubClass = [define.SubClass(Name=dataset.subclass)]
    group.leaf = _leaf(f"LF.{name}", file, file)
    return group


def _item(dataset: Dataset, variable: Variable, number: int, parts: Parts) -> Any:
    """Add the ItemDef of a variable, and return the reference to it."""
    from counterarm.submission.values import value_list

    values = dataset.rows[variable.name]
    is_empty = values.null_count == len(values)
    oid = item_oid(dataset.name, variable.name)
    item = define.ItemDef(
        OID=oid,
        Name=variable.name,
        SASFieldName=variable.name,
        Description=words(variable.label),
        **type_attributes(dataset, variable),
    )
    reference: dict[str, Any] = {
        "ItemOID": oid,
        "OrderNumber": number,
        "Mandatory": "Yes"
        if variable.core == "Req" and not values.null_count
        else "No",
    }
    if variable.role:
        reference["Role"] = variable.role
    if variable.name in dataset.present_keys:
        reference["KeySequence"] = dataset.present_keys.index(variable.name) + 1
    if is_empty:
        reference["HasNoData"] = "Yes"
        item.CommentOID = parts.comment("COM.NOT.DELIVERED", NOT_DELIVERED)
        item.Origin = [define.Origin(Type="Not Available")]
    else:
        item.Origin = [origin(variable)]
        if variable.method:
            reference["MethodOID"] = parts.method(
                f"{dataset.name}.{variable.name}", variable.method_type, variable.method
            )
        if variable.comment:
            item.CommentOID = parts.comment(
                f"COM.{dataset.name}.{variable.name}", variable.comment
            )
    if (dataset.name, variable.name) in parts.oids:
        item.CodeListRef = define.CodeListRef(
            CodeListOID=parts.oids[dataset.name, variable.name]
        )
    if variable.name in dataset.value_variables and not is_empty:
        item.ValueListRef = define.ValueListRef(
            ValueListOID=value_list(dataset, variable, parts)
        )
    parts.items.append(item)
    return define.ItemRef(**reference)


def origin(variable: Variable) -> Any:
    """Return the origin of a variable's values."""
    attributes: dict[str, Any] = {"Type": variable.origin}
    if variable.predecessor:
        attributes["Description"] = words(variable.predecessor)
    elif variable.origin_source:
        attributes["Source"] = variable.origin_source
    return define.Origin(**attributes)


def type_attributes(dataset: Dataset, variable: Variable) -> dict[str, Any]:
    """Return DataType, Length and, of numbers with decimals, SignificantDigits.

    Lengths are those of the values: bytes of texts, characters of numbers. Dates in
    text have none; those of ADaM are numbers with the format DATE9.
    """
    import pyarrow as pa

    kind = data_type(dataset, variable)
    values = dataset.rows[variable.name]
    if kind == "text":
        return {"DataType": kind, "Length": longest(dataset, variable)}
    if pa.types.is_date(values.type):
        return {"DataType": kind, "Length": 8, "DisplayFormat": "DATE9."}
    if kind not in ("integer", "float"):
        return {"DataType": kind}
    texts = [
        f"{value:.15g}" for value in values.unique().to_pylist() if value is not None
    ]
    length = max([1, *map(len, texts)])
    if kind == "integer":
        return {"DataType": kind, "Length": length}
    digits = max([0, *(len(text.partition(".")[2]) for text in texts)])
    return {"DataType": kind, "Length": length, "SignificantDigits": digits}


def _codelist(used: UsedCodelist) -> Any:
    attributes: dict[str, Any] = {
        "OID": used.oid,
        "Name": used.name,
        "DataType": used.data_type,
    }
    if used.is_cdisc and used.of:
        attributes["StandardOID"] = _terminology_oid(used.of.standard)
    elif not used.dictionary:
        attributes["IsNonStandard"] = "Yes"
    codelist = define.CodeList(**attributes)
    if used.dictionary:
        name, version = used.dictionary
        codelist.ExternalCodeList = define.ExternalCodeList(
            Dictionary=name, Version=version
        )
        return codelist
    terms = [_term(used, *pair, number) for number, pair in _numbered(used)]
    if used.has_decodes:
        codelist.CodeListItem = terms
    else:
        codelist.EnumeratedItem = terms
    if used.of and used.of.nci_code:
        codelist.Alias = [define.Alias(Context="nci:ExtCodeID", Name=used.of.nci_code)]
    return codelist


def _numbered(used: UsedCodelist) -> Iterable[tuple[int, tuple[Any, str | None]]]:
    return enumerate(sorted(used.terms.items()), 1)


def _term(used: UsedCodelist, term: Any, decode: str | None, number: int) -> Any:
    attributes: dict[str, Any] = {"CodedValue": str(term), "OrderNumber": number}
    code = used.code(term)
    if used.is_cdisc and not code:
        attributes["ExtendedValue"] = "Yes"
    if used.has_decodes:
        text = define.TranslatedText(_content=decode, lang="en")
        item: Any = define.CodeListItem(
            **attributes, Decode=define.Decode(TranslatedText=[text])
        )
    else:
        item = define.EnumeratedItem(**attributes)
    if code:
        item.Alias = [define.Alias(Context="nci:ExtCodeID", Name=code)]
    return item
