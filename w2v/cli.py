"""The command line: from a text to vectors, and from vectors to answers.

Everything that it does is a call or two to the package; here are options, tables and
sentences. Standard output has the answer. Standard error has what is told besides:
progress bars where somebody watches, warnings, and errors of one line.
"""

import contextlib
import dataclasses
import importlib.util
import json
import math
import os
import platform
import re
import signal
import sys
import tempfile
import threading
import warnings
from pathlib import Path

import click
from click.core import ParameterSource

from . import __version__
from ._files import replacing, require_writable, unpacked_suffix
from .settings import CHOICES, Settings

TOKENIZERS = {"ascii": "tokenize", "unicode": "tokenize_unicode", "spaces": "tokenize_spaces"}


def main(arguments=None):
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        What stands behind ``w2v``; by default what the process was given.

    Returns
    -------
    int
        Exit status: 0 when all is well, 1 when an equation is not settled as recorded, or
        one of a derivation is wrong, 2 when the command cannot be carried out or a file
        cannot be read, 130 when the user interrupted it, 143 when the system did, 129 when
        the terminal was closed.

    Examples
    --------
    >>> main(["ledger", "18"])
    (18) true: proved for every size
    0
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    command = next((argument for argument in arguments if argument in w2v.commands), None)
    for stream in sys.stdout, sys.stderr:
        if hasattr(stream, "reconfigure"):  # words may have letters that a terminal has not
            stream.reconfigure(errors="backslashreplace")

    def tell(sentence):
        sentence = _with_options(str(sentence), command)
        click.echo(f"w2v {command}: {sentence}" if command else f"w2v: {sentence}", err=True)

    try:
        with warnings.catch_warnings():
            # A warning here is for the user, who has no use for a line of this program.
            warnings.simplefilter("always", RuntimeWarning)
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = lambda message, *place: tell(f"warning: {message}")
            with _endings_interrupt() as endings:
                return w2v.main(arguments, "w2v", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort as stopped:  # click makes one of Ctrl-C
        tell(str(stopped.__cause__ or "") or "interrupted, nothing was written")
        return 128 + (endings[0] if endings else signal.SIGINT)  # as shells have it
    except (
        ValueError,  # UnicodeError is one
        TypeError,
        KeyError,
        OSError,
        FloatingPointError,
        ModuleNotFoundError,
        MemoryError,
    ) as error:
        tell(_sentence_of(error))
        return 2


def _sentence_of(error):
    if isinstance(error, UnicodeDecodeError):
        return error.reason  # the rest is about codecs
    if isinstance(error, KeyError):
        return error.args[0]  # which it would show in quotes
    if isinstance(error, MemoryError):
        return (
            f"out of memory ({error}): take fewer --workers, a smaller --dimension or a larger "
            "--min-count, or read fewer vectors, with --limit"
        )
    return str(error)


def _with_options(sentence, command):
    """A sentence in which arguments of Python are called as the command's options are."""
    names = {parameter.name for parameter in w2v.commands[command].params} if command else ()

    def option(match):
        return "--" + match[1].replace("_", "-") if match[1] in names else match[0]

    return re.sub(r"`(\w+)`", option, sentence)


@contextlib.contextmanager
def _endings_interrupt():
    """When the system or a closed terminal ends the program, it may save, as with Ctrl-C.

    Yields a list of the signals that did.
    """
    endings = []

    def interrupt(number, frame):
        endings.append(number)
        raise KeyboardInterrupt

    before = {}
    # Only the main thread may answer signals. One that is ignored, as by nohup, stays so.
    if threading.current_thread() is threading.main_thread():
        for name in "SIGTERM", "SIGHUP":
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, interrupt)
    try:
        yield endings
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _examples(text):
    """What stands below the options, each line as it is."""
    return "\b\n" + text.strip("\n")


class _InOrder(click.Group):
    """Commands stand in the order in which one needs them."""

    def list_commands(self, context):
        return list(self.commands)


@click.group(
    cls=_InOrder,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_examples("""
Three commands, from a text of yours to the neighbours of a word:
  python -m pip install .
  w2v train corpus.txt -o vectors.npz
  w2v neighbors vectors.npz king
"""),
)
@click.version_option(__version__, message="w2v %(version)s")
def w2v():
    """word2vec, every equation proved and every proof running."""


# --- options that several commands have --------------------------------------------------------

_vectors = click.argument("vectors", type=click.Path())
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a machine.")
_count = click.option("-n", "--count", default=10, show_default=True, help="How many words.")
_table = click.option(
    "--table",
    type=click.Choice(("center", "outside", "sum")),
    default="center",
    show_default=True,
    help="Whose vectors to take: the centre words', the outside words', or the sum of both.",
)
_method = click.option(
    "--method",
    type=click.Choice(("add", "multiply")),
    default="add",
    show_default=True,
    help="3CosAdd or 3CosMul.",
)

_tokenizer = click.option(
    "--tokenizer",
    type=click.Choice(tuple(TOKENIZERS)),
    default="ascii",
    show_default=True,
    help="Words are runs of a to z; or of letters and digits of any script; or whatever stands "
    "between spaces, unchanged.",
)


def _load(path, table="center", **options):
    from .vectors import WordVectors

    vectors = WordVectors.load(path, **options)
    return vectors if table == "center" else vectors.using(table)


def _print_json(content):
    click.echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


# --- train -------------------------------------------------------------------------------------

_HELP = {
    "dimension": "Length of the vectors.",
    "window": "Largest distance of a pair's words.",
    "negatives": "Negative words for each pair.",
    "epochs": "Passes over the text.",
    "learning_rate": "Step at the start.",
    "final_learning_rate": "Step at the end.",
    "min_count": "Rarer words are left out.",
    "subsample": "Threshold above which frequent words are thinned out; 0 keeps all.",
    "noise_power": "Negatives are drawn by the word's count to this power.",
    "loss": "naive_softmax is for small vocabularies.",
    "method": "minibatch is slow and easy to read.",
    "batch_size": "Windows of one step.",
    "row_limit": "Longest step of a word, in units of 1 / curvature.",
    "seed": "With one worker, one seed gives one result.",
    "dtype": "Of the vectors.",
}


def _setting_options(command):
    """Give a command an option for each field of `Settings`."""
    for field in reversed(dataclasses.fields(Settings)):
        command = click.option(
            "--" + field.name.replace("_", "-"),
            type=click.Choice(CHOICES[field.name]) if field.name in CHOICES else field.type,
            default=field.default,
            show_default=True,
            help=_HELP[field.name],
        )(command)
    return command


@w2v.command(
    epilog=_examples("""
Examples:
  w2v train corpus.txt -o vectors.txt              text as word2vec, gensim and spaCy read it
  w2v train 'news/*.txt.gz' -o news.npz --workers 2
  w2v train reviews.csv --column text -o reviews.npz
  zcat big.gz | w2v train - -o big.npz --tokenizer unicode
  w2v train --preset cs224n --plot words.svg       the course's own run, downloaded text and all

Interrupt it with Ctrl-C, or lose the machine: the same command goes on from the last checkpoint,
OUTPUT.checkpoint, and with one worker ends in the same vectors to the last bit. (A --preset takes
seconds, and has none.)

Exit status: 0 if the vectors were written, 2 if not, 130 if interrupted, 143 if terminated.
""")
)
@click.argument("corpus", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Where to write; the name says how: .npz, .txt, .vec, .bin, .tsv or .parquet, and .gz, "
    ".bz2, .xz or .zst behind it to pack it. By default beside the text, as .npz.",
)
@click.option(
    "--format",
    type=click.Choice(("text", "jsonl", "csv", "tsv")),
    help="Of the corpus; by default what its name says, and else text.",
)
@click.option(
    "--column",
    help="The field of each JSON line or row that has the text: its name or, in a table without "
    "header, its number, counted from 0.",
)
@click.option(
    "--split",
    type=click.Choice(("line", "paragraph")),
    default="line",
    show_default=True,
    help="What a document is.",
)
@_tokenizer
@click.option(
    "--phrases",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Passes that join pairs such as new_york into one word.",
)
@click.option(
    "--preset", type=click.Choice(("cs224n",)), help="Train as the course does, with its settings."
)
@click.option(
    "--plot", type=click.Path(path_type=Path), help="With --preset: draw the course's words here."
)
@_setting_options
@click.option("--workers", default=1, show_default=True, help="Threads; only 1 is reproducible.")
@click.option(
    "--checkpoint",
    type=click.FloatRange(0),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="How often to save the run to OUTPUT.checkpoint.",
)
@click.option("--restart", is_flag=True, help="Train from the start, whatever was saved.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@_as_json
@click.pass_context
def train(
    context, corpus, output, preset, plot, workers, checkpoint, restart, quiet, as_json, **options
):
    """Learn word vectors from text.

    CORPUS is a text file with one sentence a line, plain or packed (gzip, bzip2, xz, zstd), a
    folder, a pattern, - for standard input, or several of these; JSON lines or a table with
    --column. Text of any size will do: it is read as a stream.
    """
    output = _output(output, corpus, preset)
    if preset:
        vectors = _train_like_the_course(context, corpus, output, plot, quiet, options["seed"])
        loss = float(vectors.history.loss[-1000:].mean())
        of = "a window over the last thousand iterations"
    else:
        if not corpus:
            raise click.UsageError("Missing argument 'CORPUS...'.", context)
        if plot:
            raise click.UsageError("--plot draws the words of a --preset", context)
        settings = Settings(
            **{field.name: options[field.name] for field in dataclasses.fields(Settings)}
        )
        vectors = _train(corpus, output, settings, workers, checkpoint, restart, quiet, options)
        loss = float(vectors.history.epoch_loss[-1])
        of = "in the last epoch"
    if as_json:
        words, dimension = vectors.center.shape
        told = {"output": str(output), "words": words, "dimension": dimension}
        # Of a tiny text, chance may leave nothing for the last epoch; JSON has no NaN.
        _print_json(told | {"loss": round(loss, 6) if math.isfinite(loss) else None})
    else:
        click.echo(f"{len(vectors):,} words, loss {loss:.3f} {of}: written to {output}")
    return 0


def _output(output, corpus, preset):
    """Where to write, checked before the work rather than after it."""
    from .formats import require_storable

    if output is None:
        if preset:
            output = Path(f"{preset}.npz")
        elif len(corpus) == 1 and Path(corpus[0]).is_file():
            output = Path(corpus[0]).with_suffix(".npz")
        else:
            raise click.UsageError("name the file to write: -o vectors.npz")
        if output.exists() and not _holds_vectors(output):
            raise click.UsageError(f"there is a file {output} already: name another with -o")
    require_storable(output)
    return output


def _holds_vectors(path):
    try:
        return bool(_load(path, limit=1))
    except ValueError:
        return False


def _require_apart(written, read):
    """Refuse to write what is being read."""
    for target in written:
        for source in read:
            if target.exists() and source.exists() and target.samefile(source):
                raise click.UsageError(
                    f"{target} is the text itself, or a link to it: name another file with -o"
                )


def _train(sources, output, settings, workers, seconds, restart, quiet, options):
    from . import corpus as readers
    from .checkpoint import is_checkpoint
    from .formats import metadata_path
    from .train import train as learn

    checkpoint = output.with_name(output.name + ".checkpoint")
    written = [output, checkpoint]
    if unpacked_suffix(output) == ".tsv":
        written.append(metadata_path(output))
    written += [path.with_name(path.name + ".part") for path in written]
    corpus = readers.Corpus(
        sources,
        tokenize=getattr(readers, TOKENIZERS[options["tokenizer"]]),
        split=options["split"],
        format=options["format"],
        column=_name_or_number(options["column"]),
        exclude=written,  # which may lie in the folder that is read
    )
    _require_apart(written, corpus.files)
    progress = False if quiet else None
    for _ in range(options["phrases"]):
        from .phrases import find_phrases

        corpus = find_phrases(corpus, settings.min_count, progress=progress).join(corpus)
    if restart and is_checkpoint(checkpoint):
        checkpoint.unlink()
    if checkpoint.exists():
        click.echo(f"w2v train: found the checkpoint {checkpoint}", err=True)
    try:
        vectors = learn(corpus, settings, progress, workers, checkpoint, seconds)
    except KeyboardInterrupt as stopped:
        if not str(stopped) and checkpoint.exists():
            raise KeyboardInterrupt(f"interrupted; {checkpoint} is as it was") from None
        raise
    try:
        vectors.save(output)
    except BaseException:
        if checkpoint.exists():
            click.echo(
                f"w2v train: the training is done, and kept in {checkpoint}: when the cause that "
                "follows is mended, the same command writes the vectors",
                err=True,
            )
        raise
    checkpoint.unlink(missing_ok=True)  # only now: the vectors are safe
    return vectors


def _name_or_number(column):
    return int(column) if column is not None and column.isdecimal() else column


def _train_like_the_course(context, corpus, output, plot, quiet, seed):
    """The run of `w2v.course`, which has settings of its own."""
    from .course import course_vectors

    allowed = {"corpus", "output", "preset", "plot", "seed", "quiet", "as_json"}
    given = [
        name
        for name in context.params
        if name not in allowed and context.get_parameter_source(name) != ParameterSource.DEFAULT
    ]
    if given:
        raise click.UsageError(
            f"--preset has its own settings: leave out --{given[0].replace('_', '-')}", context
        )
    if len(corpus) > 1:
        raise click.UsageError("--preset takes one file of sentences, or none", context)
    _require_apart([output, *([plot] if plot else [])], map(Path, corpus))
    if plot:
        require_writable(plot)
        from .plot import course_words  # before the run, since Matplotlib may be missing
    vectors = course_vectors(*corpus, seed=seed, progress=False if quiet else None)
    vectors.save(output)
    if plot:
        course_words(vectors).savefig(plot, bbox_inches="tight")
    return vectors


# --- questions ---------------------------------------------------------------------------------


@w2v.command(
    epilog=_examples("""
Examples:
  w2v neighbors vectors.npz king
  w2v neighbors vectors.txt.gz king queen -n 5 --json
""")
)
@_vectors
@click.argument("words", nargs=-1, required=True)
@_count
@_table
@_as_json
def neighbors(vectors, words, count, table, as_json):
    """Print the words nearest to WORDS.

    Nearness is the cosine of the angle between two vectors.
    """
    found = _load(vectors, table).neighbors(list(words), count)
    if as_json:
        _print_json(dict(zip(words, map(_as_objects, found), strict=True)))
        return
    for number, (word, answers) in enumerate(zip(words, found, strict=True)):
        if len(words) > 1:
            click.echo(("\n" if number else "") + word)
        _print_words(answers)


@w2v.command(
    epilog=_examples("""
Examples:
  w2v analogy vectors.npz man woman king           what is to king as woman is to man?
  w2v analogy vectors.npz man woman king --method multiply -n 3
""")
)
@_vectors
@click.argument("first")
@click.argument("second")
@click.argument("third")
@_count
@_method
@_table
@_as_json
def analogy(vectors, first, second, third, count, method, table, as_json):
    """Print what is to THIRD as SECOND is to FIRST."""
    answers = _load(vectors, table).analogy(first, second, third, count, method=method)
    if as_json:
        _print_json(_as_objects(answers))
    else:
        _print_words(answers)


def _as_objects(answers):
    return [{"word": word, "score": round(score, 6)} for word, score in answers]


def _print_words(answers):
    for word, score in answers:
        click.echo(f"{score:7.3f}  {word}")


# --- evaluate ----------------------------------------------------------------------------------

TEST_SETS = ("wordsim353", "simlex999", "men", "analogies")


@w2v.command(
    epilog=_examples("""
Examples:
  w2v evaluate vectors.npz                         all four of the field's test sets
  w2v evaluate vectors.npz wordsim353 my_pairs.tsv --json
  w2v evaluate vectors.npz --held-out unseen.txt

A file has a pair and a score on each line, or analogies in sections that start with a colon.
""")
)
@_vectors
@click.argument("sets", nargs=-1, metavar="[SET]...")
@click.option(
    "--resamples",
    type=click.IntRange(0, 1_000_000),
    default=1000,
    show_default=True,
    help="Bootstrap samples for the 95 % interval of a correlation; 0 for none.",
)
@click.option(
    "--restrict",
    type=click.IntRange(1),
    default=300_000,
    show_default=True,
    help="Analogies are asked among the first so many words.",
)
@click.option("--sections", is_flag=True, help="Print the sections of the analogies, too.")
@click.option("--held-out", type=click.Path(), help="A text to print the loss of.")
@_tokenizer
@_method
@_table
@_as_json
def evaluate(
    vectors, sets, resamples, restrict, sections, held_out, tokenizer, method, table, as_json
):
    """Tell how good vectors are.

    By people's judgement of pairs, by analogies, or by the loss of a text they have not seen.

    SET is wordsim353, simlex999, men or analogies, which are downloaded once and verified, or a
    file of yours. Without a SET and --held-out, all four.
    """
    from . import corpus as readers
    from . import evaluate as judge

    if held_out and table != "center":
        raise click.UsageError("--held-out needs both tables: leave out --table")
    vectors = _load(vectors, table)
    results, problems = [], []
    for name in sets or (() if held_out else TEST_SETS):
        try:
            path = _test_set(name)
            if _has_sections(path):
                found = judge.analogies(vectors, path, restrict, method=method)
            else:
                found = judge.similarity(vectors, path, resamples)
        except (ValueError, OSError) as error:  # the others can be asked all the same
            problems.append(_sentence_of(error))
        else:
            results.append({"set": name, **found._asdict()})
    if held_out:
        text = readers.Corpus(held_out, getattr(readers, TOKENIZERS[tokenizer]))
        results.append({"set": held_out, "loss": judge.held_out_loss(vectors, text)})
    if as_json:
        _print_json(results)
    else:
        _print_results(results, sections)
    for problem in problems:
        click.echo(f"w2v evaluate: {problem}", err=True)
    return 2 if problems else 0


def _print_results(results, sections):
    width = max((len(result["set"]) for result in results), default=0)
    for result in results:
        click.echo(f"{result['set']:{width}}  {_sentence(result)}")
        for section, (correct, asked) in result.get("sections", {}).items() if sections else ():
            share = f"{correct / asked:.3f}" if asked else "  -  "
            click.echo(f"{'':{width}}    {share}  {correct:5} of {asked:5}  {section}")


def _test_set(name):
    """The file of a test set; one of the user's own goes before a name of ours."""
    path = Path(name)
    if path.exists() or name not in TEST_SETS:
        return path
    from .download import fetch

    return fetch(name)


def _has_sections(path):
    """Whether a test set is one of analogies: it starts with the name of a section."""
    from .evaluate import numbered_lines

    lines = (line for _, line in numbered_lines(path) if line and line[0] != "#")
    return next(lines, "").startswith(":")


def _sentence(result):
    if "loss" in result:
        return f"held-out loss {result['loss']:.3f}"
    if "accuracy" in result:
        return (
            f"accuracy {result['accuracy']:.3f}: {result['correct']:,} of {result['asked']:,} "
            f"questions; {result['total']:,} in the set"
        )
    low, high = result["interval"] or (None, None)
    interval = f" ({low:.3f} to {high:.3f})" if result["interval"] else ""
    return (
        f"correlation {result['correlation']:.3f}{interval} over {result['pairs']:,} of "
        f"{result['total']:,} pairs"
    )


# --- files -------------------------------------------------------------------------------------


@w2v.command(
    epilog=_examples("""
Examples:
  w2v export vectors.npz vectors.txt               for gensim, spaCy and most others
  w2v export vectors.npz projector.tsv             and projector_metadata.tsv, for TensorFlow's
  w2v export vectors.npz sum.bin --table sum --limit 100000
""")
)
@_vectors
@click.argument("output", type=click.Path(path_type=Path))
@_table
@click.option("--limit", type=click.IntRange(1), help="Only the first, most frequent, words.")
def export(vectors, output, table, limit):
    """Write vectors in another format.

    The name of OUTPUT says which.

    .npz and .parquet hold both tables and the counts; .txt and .vec (word2vec's text), .bin
    (word2vec's binary) and .tsv hold one table. Add .gz, .bz2, .xz or .zst to pack them.
    """
    from .formats import require_storable

    require_storable(output)
    found = _load(vectors, table, limit=limit)
    found.save(output)
    click.echo(f"{len(found):,} words: written to {output}")


@w2v.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def download(names):
    """Download test sets and texts, or list them.

    What is downloaded is verified and kept, and the place of the file is printed.
    """
    from .download import DATASETS, fetch

    if not names:
        for name, dataset in DATASETS.items():
            click.echo(f"{name:11} {dataset.size / 1e6:6.2f} MB  {dataset.about}")
    for name in names:
        click.echo(fetch(name))


# --- the machine, and the ledger ---------------------------------------------------------------


@w2v.command()
@click.argument("vectors", required=False, type=click.Path())
@_as_json
def info(vectors, as_json):
    """Tell about a file of vectors, or this machine.

    Without VECTORS: the versions, the BLAS library with its kernels and threads, and the route by
    which the trainer adds rows. Speed depends on these.
    """
    facts = _facts_of_vectors(vectors) if vectors else _facts_of_machine()
    if as_json:
        _print_json(facts)
    elif vectors:
        for name, value in facts.items():
            click.echo(f"{name:10} {value}")
    else:
        _print_machine(facts)


def _facts_of_vectors(path):
    vectors = _load(path)
    return {
        "file": str(path),
        "words": len(vectors),
        "dimension": vectors.center.shape[1],
        "dtype": str(vectors.center.dtype),
        "tables": "center" if vectors.outside is None else "center and outside",
        "tokens": None if vectors.counts is None else int(vectors.counts.sum()),
        "first": " ".join(vectors.words[:10]),
    }


def _facts_of_machine():
    import numpy
    import scipy
    from threadpoolctl import threadpool_info

    from .scatter import ROUTE

    return {
        "w2v": __version__,
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "processors": os.cpu_count(),
        "blas": [
            {
                "library": f"{library['internal_api']} {library['version']}",
                "kernels": library.get("architecture", "unknown"),
                "threads": library["num_threads"],
            }
            for library in threadpool_info()
            if library["user_api"] == "blas"
        ],
        "kernels chosen by OPENBLAS_CORETYPE": os.environ.get("OPENBLAS_CORETYPE"),
        "rows are added by": f"w2v.scatter.{ROUTE}",
    }


def _print_machine(facts):
    click.echo(f"w2v {facts['w2v']}, Python {facts['python']}, {facts['processors']} processors")
    click.echo(f"NumPy {facts['numpy']}, SciPy {facts['scipy']}")
    for blas in facts["blas"]:
        click.echo(
            f"BLAS: {blas['library']}, {blas['kernels']} kernels, {blas['threads']} threads "
            "(training uses one)"
        )
    if facts["kernels chosen by OPENBLAS_CORETYPE"]:
        chosen = facts["kernels chosen by OPENBLAS_CORETYPE"]
        click.echo(f"OPENBLAS_CORETYPE={chosen} chose these kernels")
    click.echo(f"rows are added by {facts['rows are added by']}")


@w2v.command(
    epilog="Exit status: 0 if every verdict is as recorded, 1 if not, 2 for a wrong command."
)
@click.argument("number", required=False)
@click.option("--part", type=click.Choice(tuple("abcdef")), help="Only one part of the homework.")
@_as_json
def ledger(number, part, as_json):
    """Prove or refute the numbered equations.

    All of them, or one NUMBER, such as 47 or 61*, which is explained.
    """
    if number and part:
        raise click.UsageError("give a NUMBER or --part, not both")
    try:
        from .proof import ledger as prove_all
        from .proof.ledger import equation, settle, summary
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"this needs the package {error.name!r}: install w2v with its extra, "
            "python -m pip install 'w2v[proof]'"
        ) from None
    rows = [settle(equation(number))] if number else prove_all(part)
    if as_json:
        _print_json([_row_as_json(row) for row in rows])
    elif number:
        click.echo(rows[0])
    else:
        for row in rows:
            shown = f"({row.equation.number})"
            click.echo(f"{shown:>6}  {row.verdict:11}  {1000 * row.seconds:5.0f} ms  {row.method}")
        click.echo(summary(rows))
    return 0 if all(row.as_recorded for row in rows) else 1


def _row_as_json(row):
    equation = row.equation
    return {
        "number": equation.number,
        "part": equation.part,
        "verdict": row.verdict,
        "recorded": equation.verdict,
        "method": row.method,
        "latex": equation.full_latex,
        "hypotheses": [hypothesis.text for hypothesis in equation.given],
        "note": equation.note,
        "witness": str(row.witness) if row.witness else None,
        "correction": equation.correction or None,
        "seconds": round(row.seconds, 4),
    }


# --- derivations -------------------------------------------------------------------------------

DERIVATIONS = (".tex", ".md", ".ipynb", ".txt")


@w2v.command(
    epilog=_examples("""
Examples:
  w2v check homework.tex
  w2v check homework.ipynb --html verdicts.html    the equations in colour, to open in a browser
  w2v check submissions/ --json > verdicts.json
  pandoc homework.docx -t markdown | w2v check -

Exit status: 0 if nothing is wrong, 1 if something is, 2 if a file could not be read. An equation
that is true only under a condition that the text does not state gets a warning, and is not wrong.
""")
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--html", "page", type=click.Path(path_type=Path), help="Write a page of the verdicts here."
)
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Time for each file; what is not judged by then is said to be.",
)
@_as_json
def check(files, page, seconds, as_json):
    """Judge every equation of a derivation of word2vec.

    FILE is LaTeX (.tex), Markdown (.md), a notebook (.ipynb) or text (.txt), a folder of such
    files, or - for Markdown from standard input. Each displayed equation is proved, or refuted
    with the smallest world in which its sides differ.
    """
    _require_packages("check", "sympy", "lark", *(["latex2mathml"] if page else []))
    from ._progress import progress_bar
    from .reader import report as reports

    paths, problems = _derivations(files)
    if page:
        require_writable(page)
        if page.exists() and any(path != "-" and page.samefile(path) for path in paths):
            raise click.UsageError(f"{page} is to be checked: name another file with --html")
    found = []
    for path in progress_bar(paths, show=False if len(paths) == 1 else None, unit="file"):
        try:
            found.append(_checked(path, seconds))
        except (ValueError, OSError) as error:  # the others can be judged all the same
            problems.append(_named(path, _sentence_of(error)))
    if not found:
        page = None  # rather than lose what was there before
    if page:
        with replacing(page, pack=False) as file:
            file.write(reports.page(found, problems).encode("utf-8", "backslashreplace"))
    if as_json:
        _print_json([reports.as_object(each) for each in found])
    else:
        _print_reports(found, files, page)
    for problem in problems:
        click.echo(f"w2v check: {problem}", err=True)
    return 2 if problems else max((each.status for each in found), default=0)


def _require_packages(extra, *names):
    for name in names:
        if importlib.util.find_spec(name) is None:
            raise ModuleNotFoundError(
                f"this needs the package {name!r}: install w2v with its extra, "
                f"python -m pip install 'w2v[{extra}]'"
            )


def _derivations(names):
    """The files that are meant, each once, and what is to be said of names that mean none."""
    paths, problems = [], []
    for name in names:
        path = Path(name)
        if name == "-":
            paths.append(name)
        elif path.is_dir():
            inside = sorted(
                each
                for each in path.rglob("*")
                if each.suffix.lower() in DERIVATIONS
                and each.is_file()
                # Programs keep copies in folders of their own, such as .ipynb_checkpoints.
                and not any(part.startswith(".") for part in each.relative_to(path).parts)
            )
            if not inside:
                problems.append(f"{path}: no file ends in {', '.join(DERIVATIONS)} in this folder")
            paths += inside
        elif path.exists():
            paths.append(path)
        else:
            problems.append(f"{path}: there is no such file")
    return list(dict.fromkeys(paths)), problems


def _checked(path, seconds):
    """The report of a file, or of what comes from standard input."""
    from .reader import check_file

    if path != "-":
        return dataclasses.replace(check_file(path, seconds), name=str(path))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "standard_input.md")
        path.write_bytes(click.get_binary_stream("stdin").read())
        try:
            return dataclasses.replace(check_file(path, seconds), name="standard input")
        except ValueError as error:  # names a file that nobody knows
            raise ValueError(_sentence_of(error).replace(str(path), "it")) from error


def _named(path, sentence):
    """A sentence that names the file it is about."""
    name = "standard input" if path == "-" else str(path)
    return sentence if name in sentence else f"{name}: {sentence}"


def _print_reports(found, names, page):
    from .reader import report as reports

    screen = reports.Screen.here()
    # Of folders the numbers will do; and a page tells the rest.
    blocks = []
    if not page and not any(Path(name).is_dir() for name in names):
        blocks = [reports.text(each, screen) for each in found]
    if len(found) > 1 or (found and not blocks):
        blocks.append(reports.overview(found, screen))
        if not page and len(blocks) == 1:
            blocks.append(
                "Name one of these files to see its equations, or --html for all of them."
            )
    if blocks:
        click.echo("\n\n".join(blocks), color=screen.color)
    if page:
        click.echo(f"written to {page}")


@w2v.command(
    epilog=_examples("""
Examples:
  w2v completion bash >> ~/.bashrc
  w2v completion zsh >> ~/.zshrc
  w2v completion fish > ~/.config/fish/completions/w2v.fish
""")
)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell):
    """Print a script for your shell's completion."""
    from click.shell_completion import get_completion_class

    click.echo(get_completion_class(shell)(w2v, {}, "w2v", "_W2V_COMPLETE").source())


if __name__ == "__main__":
    sys.exit(main())
