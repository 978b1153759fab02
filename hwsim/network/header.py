"""The network of a checkpoint without its weights, and without torch.

A torch archive is a zip with one pickle, `data.pkl`, in which tensors stand as references. This
reads that pickle with every reference left out and nothing else than plain values let in, so
that `hwsim check` starts at once. `hwsim.network.checkpoint` reads and checks the whole file.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

from hwsim.errors import InvalidInput
from hwsim.network.graph import Network

_TENSORS = {("torch._utils", "_rebuild_tensor_v2"), ("torch", "CharStorage")}


class _NoTensor:
    """What stands where a tensor would be."""

    def __init__(self, *_: object) -> None:
        pass


class _Plain(pickle.Unpickler):
    """Lets in plain values and empty tensors."""

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) in _TENSORS or (module == "torch" and name.endswith("Storage")):
            return _NoTensor
        raise pickle.UnpicklingError(f"{module}.{name} is not let in")

    def persistent_load(self, reference: object) -> None:
        return None


def read_network(path: Path) -> Network:
    """The network in a checkpoint; nothing in the file is executed.

    Raises InvalidInput, naming the file, where it is not a hwsim checkpoint.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if n.split("/")[1:] == ["data.pkl"]]
            content = _Plain(io.BytesIO(archive.read(names[0]))).load()
        return Network.from_dict(content["network"])
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}") from error
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from error
    # A pickle of anything else fails in as many ways as there are bytes.
    except Exception as error:
        raise InvalidInput(f"{path}: not a hwsim checkpoint, or damaged") from error


def checkpoint_name(network: Network, stage: str) -> str:
    """vgg16_t1.pt and vgg16_ann.pt, or vgg16_cifar100_t1.pt for a data set other than cifar10."""
    dataset = "" if network.dataset == "cifar10" else f"_{network.dataset}"
    return f"{network.name}{dataset}_{stage}.pt"
