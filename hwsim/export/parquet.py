"""A run's tables as Parquet, with types.

Energies are doubles here, rounded from the exact decimals of the CSV; an empty cell is null.
"""

from __future__ import annotations

import io

from hwsim.report.why.run_folder import RunFolder

TABLES = ("activity", "energy")


def parquet(run: RunFolder, table: str) -> bytes:
    """`activity.csv` or `energy.csv`. The same bytes from the same run and pyarrow."""
    import pyarrow as pa
    from pyarrow import csv
    from pyarrow import parquet as pq

    text = run.text(f"{table}.csv").encode()
    columns = text[: text.index(b"\n")].decode().split(",")
    words = pa.dictionary(pa.int32(), pa.string())
    numbers = {"count": pa.int64(), "core": pa.int32()}
    types = {name: numbers.get(name, pa.float64() if "_pj" in name else words) for name in columns}
    options = csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True)
    read = csv.read_csv(io.BytesIO(text), convert_options=options)
    written = io.BytesIO()
    pq.write_table(read, written, compression="zstd")
    return written.getvalue()
