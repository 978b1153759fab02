"""Image data sets as arrays, from the layouts in which people keep them."""

from __future__ import annotations

from pathlib import Path

from hwsim.errors import InvalidInput
from hwsim.training import cifar_files, image_folder, parquet_images
from hwsim.training.images import Dataset, Images, Split, Wanted

DATASETS = {
    # Means and standard deviations of the training splits, as usually published.
    "cifar10": Dataset("cifar10", 10, 32, (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
    "cifar100": Dataset("cifar100", 100, 32, (0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762)),
    "imagenet": Dataset(
        "imagenet", 1000, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), streamed=True
    ),
}
_READERS = (
    parquet_images.read,
    cifar_files.read_python,
    cifar_files.read_binary,
    image_folder.read,
)


def find_dataset(name: str) -> Dataset:
    """The data set called `name`; InvalidInput lists the known ones."""
    if name not in DATASETS:
        raise InvalidInput(f"data set {name}: unknown; there are {', '.join(DATASETS)}")
    return DATASETS[name]


def load_images(name: str, folder: Path, split: Split, limit: int | None = None) -> Images:
    """One split of data set `name` (its first `limit` images), from `folder` or a usual
    subfolder of it.

    Layouts: Parquet (`img` or `image`, `label`), the Python and the binary batches of CIFAR,
    one folder of images per class. Raises InvalidInput with what was looked for where none is
    found, or where a file is damaged or its labels are out of range.
    """
    dataset = find_dataset(name)
    if not folder.is_dir():
        raise InvalidInput(f"{folder}: no such folder; --data names the folder of {name}")
    wanted = Wanted(dataset, split, limit)
    subfolders = ("", name, *cifar_files.FOLDERS.get(name, ()))
    missing: list[str] = []
    for reader in _READERS:
        for subfolder in subfolders:
            found = reader(folder / subfolder, wanted)
            if isinstance(found, str):
                missing.append(found)
                continue
            pixels, labels = found
            if len(labels) == 0 or labels.min() < 0 or labels.max() >= dataset.classes:
                raise InvalidInput(
                    f"{folder / subfolder}: labels of {name} are 0 .. {dataset.classes - 1}"
                )
            return Images(pixels, labels, dataset.classes).first(limit)
    looked_for = ", ".join(text for text in dict.fromkeys(missing) if text)
    raise InvalidInput(
        f"{folder}: no {split} images of {name}; looked for {looked_for}, there and in its "
        f"folders {', '.join(subfolders[1:])}"
    )
