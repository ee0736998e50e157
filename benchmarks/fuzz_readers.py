"""Damaged files, one after another, for every reader: clean errors, or answers, and nothing else.

python benchmarks/fuzz_readers.py --minutes 10

Valid files are changed at random places: bits and bytes are changed, pieces are cut out,
doubled, moved, or replaced by what often hurts. A reader may read the result, or refuse it
with an error for the user that names the file. Anything else is printed, with the file kept.
"""

import argparse
import bz2
import gzip
import json
import lzma
import random
import resource
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

from w2v import Corpus, Settings, WordVectors, encode_text, tokenize_unicode, train
from w2v.checkpoint import read_checkpoint
from w2v.course import read_sentences
from w2v.evaluate import read_analogies, read_pairs

CLEAN = (ValueError, OSError)
NASTY = [
    b"\0", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"\n", b"\r\n", b"\r", b" ", b"\t",
    b'"', b"'", b",", b"{", b"}", b"[" * 2000, b"nan", b"-inf", b"1e999", b"-1", b"0",
    b"99999999999999999999", b"2147483648", b"4294967296", b"\xe2\x80\xa8", b"\xf0\x9f\x98\x80",
    b"\xc3", b"\xed\xa0\x80", b"a" * 70_000,
]  # fmt: skip


def read_text(path, **options):
    with encode_text(Corpus(path, **options), 1, False) as text:
        return len(text)


def make_seeds(folder):
    """A valid file for each reader."""
    text = 'The café is old.\nNew York, old York.\n\nnothing; a "quote" 12\n' * 3
    vectors = WordVectors(
        ["cat", "dog", "über"],
        np.array([[1, 0.5], [0, -1e-7], [3, 4]], np.float32),
        np.ones((3, 2), np.float32),
        [3, 2, 1],
    )
    for suffix in ("npz", "txt", "bin", "txt.gz", "bin.xz", "tsv", "parquet"):
        vectors.save(folder / f"vectors.{suffix}")
    settings = Settings(dimension=2, epochs=1, min_count=1, subsample=0)
    documents = [["cat", "dog", "cat"]] * 4
    train(documents, settings, False, checkpoint=folder / "run.checkpoint", checkpoint_every=0)
    records = [{"text": line, "id": 1} for line in text.splitlines()]
    seeds = {
        "a.txt": text.encode(),
        "a.txt.gz": gzip.compress(text.encode(), mtime=0),
        "a.txt.bz2": bz2.compress(text.encode()),
        "a.txt.xz": lzma.compress(text.encode()),
        "b.txt": text.encode(),
        "p.txt": text.encode(),
        "a.jsonl": "\n".join(json.dumps(record) for record in records).encode(),
        "a.csv": b'id,text\n1,"a ""b"" c"\n2,"d\ne"\n3,f g\n' * 2,
        "a.tsv": b"id\ttext\n1\ta b c\n2\td e\n" * 2,
        "pairs.tsv": b"word 1\tword 2\tscore\ntiger\tcat\t7.35\n# c\nbook paper 7.46\n",
        "questions.txt": b": family\nman woman king queen\n: other\na b c d\n",
        "datasetSentences.txt": b"sentence_index\tsentence\n1\tA good film .\n2\tA bad one .\n",
    }
    for name, content in seeds.items():
        (folder / name).write_bytes(content)
    load = WordVectors.load
    return {
        **{f"vectors.{suffix}": load for suffix in ("npz", "txt", "bin", "txt.gz", "bin.xz")},
        "vectors.tsv": load,
        "vectors.parquet": load,
        "run.checkpoint": read_checkpoint,
        **dict.fromkeys(("a.txt", "a.txt.gz", "a.txt.bz2", "a.txt.xz"), read_text),
        "b.txt": lambda path: read_text(path, tokenize=tokenize_unicode),
        "p.txt": lambda path: read_text(path, split="paragraph"),
        "a.jsonl": read_text,
        "a.csv": lambda path: read_text(path, column="text"),
        "a.tsv": lambda path: read_text(path, column="text"),
        "pairs.tsv": read_pairs,
        "questions.txt": read_analogies,
        "datasetSentences.txt": read_sentences,
    }


def damaged(content, rng):
    content = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 5))):
        place = rng.randrange(len(content) + 1)
        length = rng.choice((1, 2, 4, 16, len(content)))
        other = rng.randrange(len(content) + 1)
        piece = content[place : place + length]
        kind = rng.randrange(6)
        if kind == 0 and place < len(content):
            content[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            content[place : place + length] = rng.randbytes(len(piece))
        elif kind == 2:
            del content[place : place + length]
        elif kind == 3:
            content[other:other] = piece
        elif kind == 4:
            content[place:place] = rng.choice(NASTY)
        else:
            content[place : place + length] = rng.choice(NASTY)
    return bytes(content)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)  # such as that of words that stand twice
    # A file of a kilobyte that asks for gigabytes gets none.
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    rng = random.Random(arguments.seed)
    outcomes, findings, slowest = Counter(), 0, (0.0, "")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        readers = make_seeds(folder)
        seeds = {name: (folder / name).read_bytes() for name in readers}
        end = time.monotonic() + 60 * arguments.minutes
        while time.monotonic() < end:
            name = rng.choice(list(readers))
            content = damaged(seeds[name], rng)
            path = folder / name
            path.write_bytes(content)
            start = time.monotonic()
            try:
                readers[name](path)
                outcomes["read"] += 1
            except CLEAN as error:
                outcomes["refused"] += 1
                if name.rsplit(".", 2)[0] not in str(error):
                    findings += 1
                    print(f"{name}: the file is not named: {error}")
            except Exception as error:
                findings += 1
                Path(f"fuzz-{findings}-{name}").write_bytes(content)
                print(f"{name}: {type(error).__name__}: {error} (kept as fuzz-{findings}-{name})")
            slowest = max(slowest, (time.monotonic() - start, name))
            path.write_bytes(seeds[name])
    total = outcomes.total() + findings
    print(
        f"{total:,} damaged files for {len(readers)} readers: {outcomes['read']:,} read, "
        f"{outcomes['refused']:,} refused, {findings} other outcomes; the slowest took "
        f"{slowest[0]:.2f} s ({slowest[1]})"
    )
    raise SystemExit(findings > 0)


if __name__ == "__main__":
    main()
