"""The package's metadata file: only what is known, mandatory elements never empty."""

from __future__ import annotations

from pathlib import Path
from typing import Mapping

from lxml import etree

from village_planner.base import Message
from village_planner.delivery.fields import shortened
from village_planner.delivery.findings import PackageFinding
from village_planner.standards import PackageSpec

_RULE, _UNSAFE, _PERSONAL = "QC-1102", "PK-02", "PK-03"
_PERSON = "person"


def write_metadata(path: Path, spec: PackageSpec, values: Mapping[str, str | None]) -> None:
    """Write the elements of the profile for which there is a value; an optional element without one is left out.

    values: by the keys that MetadataItem.value uses.
    """
    root = etree.Element(spec.metadata_root)
    for item in spec.metadata:
        value = values.get(item.value)
        if not value and not item.required:
            continue
        node = root
        for name in item.path[:-1]:
            found = node.find(name)
            node = etree.SubElement(node, name) if found is None else found
        etree.SubElement(node, item.path[-1]).text = value or ""
    etree.ElementTree(root).write(str(path), encoding="UTF-8", xml_declaration=True, pretty_print=True)


def check_metadata(path: Path, file: str, spec: PackageSpec, stated: Mapping[str, str], with_person: bool = True) -> list[PackageFinding]:
    """Findings on a metadata file: not readable XML, wrong root, mandatory elements missing or empty, elements that are not as
    the manifest says (QC-1102); entities (PK-02); a person's name where the edition has none (PK-03).

    stated: what the manifest says, by the keys that MetadataItem.value uses. Entities are not resolved and nothing is fetched.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.fromstring(path.read_bytes(), parser).getroottree()
    except (etree.XMLSyntaxError, OSError, ValueError) as error:
        return [PackageFinding(_RULE, file, "", Message("delivery.metadata_unreadable", {"file": file, "reason": str(error)[:200]}))]
    if tree.docinfo.internalDTD is not None:
        return [PackageFinding(_UNSAFE, file, "", Message("delivery.unsafe_xml", {"file": file}))]
    root = tree.getroot()
    if root.tag != spec.metadata_root:
        return [PackageFinding(_RULE, file, "", Message("delivery.metadata_root", {"found": str(root.tag)[:60], "expected": spec.metadata_root}))]
    findings = []
    for item in spec.metadata:
        name = "/".join(item.path)
        if item.value == _PERSON and not with_person:
            found = root.find(name) is not None
            findings += [PackageFinding(_PERSONAL, file, name, Message("delivery.metadata_person", {"element": name}))] if found else []
            continue
        text = (root.findtext(name) or "").strip()
        if item.required and not text:
            findings.append(PackageFinding(_RULE, file, name, Message("delivery.metadata_empty", {"element": name})))
        elif text != stated.get(item.value, text):
            params = {"element": name, "found": shortened(text) or "—", "stated": shortened(stated[item.value]) or "—"}
            findings.append(PackageFinding(_RULE, file, name, Message("delivery.metadata_contradicts", params)))
    return findings
