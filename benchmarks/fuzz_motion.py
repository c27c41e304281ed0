"""Coverage-guided fuzzing of what reads motion imagery: any bytes give metadata and findings, or one sentence.

    make fuzz [FUZZ_SECONDS=3600]

Atheris (libFuzzer) changes the shipped samples, led by the branches that the Python code takes. It does not see into compiled kernels,
which check their bounds here as they otherwise do not. Input that crashes, hangs or takes more than 2 GiB is kept as `crash-…`, `timeout-…`
or `oom-…` in the working folder, and told again with that file as the argument. Arguments are libFuzzer's.
"""

import os
import sys
import tempfile
from pathlib import Path

SCRATCH = tempfile.TemporaryDirectory()
os.environ |= {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": f"{SCRATCH.name}/kernels"}

import atheris  # noqa: E402
import numpy as np  # noqa: E402

# Loaded before the instrumentation, since numba cannot compile instrumented code.
from cathartes.readers.motion import packets, targets, transport, walk  # noqa: E402, F401

with atheris.instrument_imports(include=["cathartes"]):
    from cathartes.errors import BadInput
    from cathartes.readers.motion.doctor import diagnose
    from cathartes.readers.motion.health import findings
    from cathartes.readers.motion.pose import stated
    from cathartes.readers.motion.stream import decode
    from cathartes.readers.motion.view import view

SAMPLES = Path(__file__).parents[1] / "tests" / "samples" / "motion"
LONGEST = 1 << 16


def read(content: bytes) -> None:
    """Everything that `cathartes inspect` and `cathartes klv` compute from a stream."""
    try:
        metadata = decode(transport.take_apart(np.frombuffer(content, np.uint8)))
    except BadInput:
        return
    said = stated(metadata)
    view(said, diagnose(said, metadata))
    findings(metadata)


def main() -> None:
    corpus = Path(SCRATCH.name) / "corpus"
    corpus.mkdir()
    for sample in SAMPLES.iterdir():
        content = sample.read_bytes()[:LONGEST]
        (corpus / sample.name).write_bytes(content)
        read(content)  # compiles the kernels, which would count as slow inputs
    limits = [f"-max_len={LONGEST}", "-timeout=20", "-rss_limit_mb=2048"]
    is_replay = any(Path(word).is_file() for word in sys.argv[1:])
    atheris.Setup([*sys.argv, *limits, *([] if is_replay else [str(corpus)])], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
