"""Office files without the moment of their saving: the same content gives the same bytes."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from io import BytesIO

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_CORE = "docProps/core.xml"


def reproducible(content: bytes, moment: datetime) -> bytes:
    """An .xlsx or .docx with `moment` in place of when it was saved, in docProps/core.xml and the zip's dates."""
    result = BytesIO()
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == _CORE:
                data = re.sub(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            target.writestr(info, data)
    return result.getvalue()
