"""The trace and the weights that a run was made of, read again."""

from __future__ import annotations

from hwsim import pipeline
from hwsim.errors import InvalidInput
from hwsim.network.early_exit import shorten
from hwsim.network.parameters import LayerParameters
from hwsim.progress import Tell
from hwsim.report.manifest import MANIFEST, images_sha256
from hwsim.report.why.run_folder import RunFolder
from hwsim.reproduce import check_inputs, request_of
from hwsim.survey import survey
from hwsim.trace.read import is_trace
from hwsim.trial import Trace


def network_of(run: RunFolder, tell: Tell) -> tuple[Trace, tuple[LayerParameters, ...]]:
    """Seen from the working folder of then, as paths are kept as they were typed.

    Raises InvalidInput where an input is missing or is not the one of then, and where the run was
    made of a trace, which has no weights.
    """
    request = request_of(run.path, run.manifest)
    if is_trace(request.source):
        raise InvalidInput(
            f"{run.path}: made of the trace {request.source}, which has no weights; run the "
            f"checkpoint that was traced"
        )
    check_inputs(run.path, run.manifest)
    trace = pipeline.load_trace(
        request.source, request.images, request.data, tell, request.timesteps
    )
    found = survey(trace)
    then = run.manifest["inputs"]["images"]["sha256"]
    if images_sha256(found.labels, found.predictions, found.dense_synops) != then:
        raise InvalidInput(
            f"{run.path}: {request.data}: not the images of then, says its {MANIFEST}"
        )
    from hwsim.network.checkpoint import load_checkpoint

    loaded = shorten(load_checkpoint(request.source), request.timesteps)
    return trace, loaded.parameters
