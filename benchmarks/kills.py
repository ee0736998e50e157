"""A run that is killed again and again, beside one that is left alone.

python benchmarks/kills.py corpus.txt --kills 50

Each life of the run ends in SIGKILL, which no program can answer, after a time drawn at
random: while it reads the text, trains, or writes a checkpoint. The next life is the same
command once more. In the end the files of vectors of both runs are compared, byte by byte.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def command(output, corpus, epochs, seconds):
    return [
        *(sys.executable, "-m", "w2v", "train", corpus, "-o", str(output)),
        *("--epochs", str(epochs), "--checkpoint", str(seconds)),
    ]


def run_alone(output, corpus, epochs, seconds):
    """Seconds until the first checkpoint, and until the end."""
    checkpoint = output.with_name(output.name + ".checkpoint")
    start = time.perf_counter()
    process = subprocess.Popen(command(output, corpus, epochs, seconds), stdout=subprocess.DEVNULL)
    first = None
    while process.poll() is None:
        if first is None and checkpoint.exists():
            first = time.perf_counter() - start
        time.sleep(0.01)
    if process.returncode:
        sys.exit("the run failed")
    if first is None:
        sys.exit("the run is too short: take more text or --epochs")
    return first, time.perf_counter() - start


def longest_life(first, whole, kills):
    """Bound of a life's length, such that so many lives do half of the work.

    A life of a length that is uniform up to s + x, of which the first s seconds bring it to
    the first checkpoint, advances by x^2 / (2 (s + x)) seconds on average.
    """
    share = 0.5 * (whole - first) / kills
    return first + share + (share**2 + 2 * share * first) ** 0.5


def run_killed(output, corpus, epochs, seconds, kills, bound, rng):
    """Number of lives that were ended, and of those that ended with a checkpoint behind."""
    checkpoint = output.with_name(output.name + ".checkpoint")
    ended = advanced = 0
    before = None
    while ended < kills:
        process = subprocess.Popen(
            command(output, corpus, epochs, seconds),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(rng.uniform(0, bound))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            ended += 1
        else:
            return ended, advanced  # done before its time
        now = checkpoint.stat().st_mtime_ns if checkpoint.exists() else None
        advanced += now != before
        before = now
    last = subprocess.run(command(output, corpus, epochs, seconds), capture_output=True, text=True)
    if last.returncode:
        sys.exit(last.stderr)
    return ended, advanced


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2, help="between two checkpoints")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        alone, killed = (Path(folder, f"{name}.npz") for name in ("alone", "killed"))
        run = arguments.corpus, arguments.epochs, arguments.seconds
        first, whole = run_alone(alone, *run)
        print(f"left alone: {whole:.1f} s, first checkpoint after {first:.1f} s")
        bound = longest_life(first, whole, arguments.kills)
        ended, advanced = run_killed(
            killed, *run, arguments.kills, bound, np.random.default_rng(arguments.seed)
        )
        print(
            f"killed: {ended} times, after 0 to {bound:.1f} s each; {advanced} of these lives "
            "had written a checkpoint"
        )
        digests = [hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in (alone, killed)]
        left = sorted(path.name for path in Path(folder).iterdir())
        print(f"sha256 of the vectors: {digests[0]}... and {digests[1]}...; files: {left}")
        if digests[0] != digests[1]:
            sys.exit("the vectors differ")
        print("the vectors are the same, byte for byte")


if __name__ == "__main__":
    main()
