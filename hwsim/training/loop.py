"""Train one stage, from any step to its end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from hwsim.interrupt import ctrl_c_when
from hwsim.training.analog import AnalogNetwork
from hwsim.training.batches import Batches
from hwsim.training.optimizer import Muon, Rates, TrainableNetwork, has_bfloat16
from hwsim.training.progress import Record
from hwsim.training.quantised import quantised_weights
from hwsim.training.recipe import Stage
from hwsim.training.spiking import SpikingNetwork


@dataclass(frozen=True)
class StageData:
    """Training batches of every phase (one image size each) and the held-out images beside."""

    phases: tuple[Batches, ...]
    heldout: tuple[Batches, ...] | None


@dataclass
class Position:
    """Where a stage is: steps done, and the seconds that they took (over all resumes)."""

    step: int = 0
    elapsed_s: float = 0.0


@dataclass(frozen=True)
class Hooks:
    """What the loop reports to: every `log_every` steps, every `save_every_s` seconds."""

    log: Callable[[Record], None]
    save: Callable[[], None]
    log_every: int = 20
    save_every_s: float = 240.0


def autocast(device: torch.device, enabled: bool) -> AbstractContextManager[object]:
    """bfloat16 for convolutions and matrix products, where `enabled` and the device has it."""
    enabled = enabled and has_bfloat16(device)
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=enabled)


def weights_of(network: TrainableNetwork, stage: Stage) -> AbstractContextManager[None]:
    """Inside, the network has the weights that `stage` trains with: rounded, or as they are."""
    return nullcontext() if stage.weight_bits is None else quantised_weights(network)


def phase_steps(stage: Stage, data: StageData) -> tuple[int, ...]:
    """Optimizer steps of each phase of `stage`."""
    return tuple(
        max(math.ceil(phase.epochs * batches.per_epoch), 1)
        for phase, batches in zip(stage.phases, data.phases, strict=True)
    )


def loss_of(
    logits: Tensor, labels: Tensor, stage: Stage, teacher: Tensor | None, distill: float
) -> tuple[Tensor, Tensor]:
    """The loss (scalar) and the final logits (N, classes) for readout sums (T, N, classes).

    `distill` is the share of the pull towards the logits of `teacher` (None: there is none).
    """
    timesteps = len(logits)
    steps = torch.arange(1, timesteps + 1, device=logits.device)[:, None, None]
    running = logits.cumsum(0) / steps
    judged = running if stage.loss == "every" else running[-1:]
    flat = judged.flatten(0, 1)
    targets = labels.repeat(len(judged))
    loss = F.cross_entropy(flat, targets, label_smoothing=stage.label_smoothing)
    if teacher is not None:
        tau = stage.temperature
        soft = F.softmax(teacher / tau, dim=1).repeat(len(judged), 1)
        pull = F.kl_div(F.log_softmax(flat / tau, dim=1), soft, reduction="batchmean") * tau**2
        loss = (1 - distill) * loss + distill * pull
    return loss, running[-1]


@torch.no_grad()
def accuracy_percent(network: TrainableNetwork, batches: Batches, amp: bool) -> float:
    """Accuracy of the float network on all images of `batches`, without augmentation."""
    network.eval()
    correct = 0
    for images, labels in batches.plain(len(batches.labels)):
        with autocast(batches.device, amp):
            logits = network(images)
        correct += int((logits.sum(0).argmax(1) == labels).sum())
    network.train()
    return 100.0 * correct / len(batches.labels)


def train_stage(
    name: str,
    key: tuple[object, ...],
    network: TrainableNetwork,
    optimizer: Muon,
    position: Position,
    stage: Stage,
    data: StageData,
    hooks: Hooks,
    *,
    amp: bool,
    teacher: AnalogNetwork | None = None,
) -> None:
    """Run `stage` from `position` to its end, changing `network`, `optimizer` and `position`.

    Every random draw depends on `key`, the phase and the step alone, so stopping after any save
    and starting again gives the same weights as never stopping.
    """
    counts = phase_steps(stage, data)
    total = sum(counts)
    started, since_log, seen = time.monotonic() - position.elapsed_s, time.monotonic(), 0
    network.train()
    with _keeping(hooks) as keep:
        while position.step < total:
            phase, within = _phase_of(position.step, counts)
            batches = data.phases[phase]
            images, labels = batches.batch((*key, phase), within)
            position.step += 1
            epoch_ends = within % batches.per_epoch == batches.per_epoch - 1
            last = position.step == total
            at_log = position.step % hooks.log_every == 0 or epoch_ends or last
            if isinstance(network, SpikingNetwork):
                network.record_rates = at_log or stage.rate_penalty > 0
            distill = stage.distill_share(phase)
            soft = _teacher_logits(teacher, images, amp) if distill > 0 else None
            optimizer.zero_grad()
            arriving = batches.coded(images, (*key, phase), within)
            with weights_of(network, stage):
                with autocast(batches.device, amp):
                    logits = network(arriving)
                loss, final = loss_of(logits, labels, stage, soft, distill)
                if stage.rate_penalty > 0 and isinstance(network, SpikingNetwork):
                    loss = loss + stage.rate_penalty * network.weighted_rate()
                torch.autograd.backward(loss)
            optimizer.step(_factor(position.step, total, stage.warmup))
            network.clamp()
            seen += len(labels)
            position.elapsed_s = time.monotonic() - started
            if at_log:
                heldout = None
                if data.heldout is not None and (epoch_ends or last):
                    with weights_of(network, stage):
                        heldout = accuracy_percent(network, data.heldout[phase], amp)
                now = time.monotonic()
                speed, since_log, seen = seen / (now - since_log), now, 0
                rates = network.last_rates() if isinstance(network, SpikingNetwork) else ()
                hooks.log(
                    Record(
                        stage=name,
                        step=position.step,
                        steps=total,
                        epoch=position.step / batches.per_epoch,
                        image_size=images.shape[-1],
                        loss=float(loss.detach()),
                        accuracy_percent=100.0 * float((final.argmax(1) == labels).float().mean()),
                        spike_rate=sum(rates) / len(rates) if rates else None,
                        heldout_percent=heldout,
                        images_per_s=speed,
                        elapsed_s=position.elapsed_s,
                        layer_rates=rates,
                    )
                )
            keep(last)


@contextmanager
def _keeping(hooks: Hooks) -> Iterator[Callable[[bool], None]]:
    """Gives what is called after every step, with whether it was the last one: it saves where
    that is due. Ctrl-C waits for it, and saves too: inside a step the weights are of no moment.
    """
    saved = time.monotonic()
    with ctrl_c_when(lambda: False) as interrupt:

        def keep(last: bool) -> None:
            nonlocal saved
            if last or time.monotonic() - saved >= hooks.save_every_s:
                hooks.save()
                saved = time.monotonic()
            try:
                interrupt()
            except KeyboardInterrupt:
                hooks.save()
                raise

        yield keep


def new_optimizer(network: TrainableNetwork, stage: Stage) -> Muon:
    """The optimizer of `stage` for `network`, at its start."""
    rates = Rates(stage.matrix_lr, stage.constant_lr, stage.readout_lr)
    return Muon(network, rates, stage.momentum)


def _factor(step: int, total: int, warmup: float) -> float:
    """Learning-rate factor of `step` (from 1): a linear rise, then a linear fall towards 0."""
    rising = warmup * total
    if step <= rising:
        return step / rising
    return max((total - step + 1) / (total - rising + 1), 0.0)


def _phase_of(step: int, counts: tuple[int, ...]) -> tuple[int, int]:
    for phase, count in enumerate(counts):
        if step < count:
            return phase, step
        step -= count
    raise ValueError("step beyond the last phase")


def _teacher_logits(teacher: AnalogNetwork | None, images: Tensor, amp: bool) -> Tensor | None:
    if teacher is None:
        return None
    with torch.no_grad(), autocast(images.device, amp):
        logits: Tensor = teacher(images)[0]
    return logits
