# Every target sets up what it needs; `make book` and `make test` are all a reader types.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PAPER ?= A4
BUILD_FLAGS := -W -n --keep-going --all  # any warning fails; --all, since cached pages hide theirs

.PHONY: help book pdf epub test browser notebooks lab lite student bench lint lock clean
.DELETE_ON_ERROR:

help:
	@echo "make book       build the book and name its first page"
	@echo "make pdf        print the book as one PDF; needs Chromium  (PAPER=Letter: not A4)"
	@echo "make epub       write the book as an EPUB; needs Chromium"
	@echo "make test       run every test, every notebook, and the strict build"
	@echo "make browser    open every page in Chromium: themes, widths, links, keyboard, axe"
	@echo "make notebooks  execute every notebook in place"
	@echo "make lab        open the chapters in JupyterLab"
	@echo "make lite       build a site in which they run in the browser  (PYODIDE=archive: offline)"
	@echo "make student    copy the book without its solutions, and run what is left"
	@echo "make bench      print speed, memory and quality beside gensim's  (CORPUS=file: your text)"
	@echo "make lint       check the style of code, and the spelling and style of prose"
	@echo "make lock       compile requirements.lock anew (needs uv)"
	@echo "make clean      remove what was built, and $(VENV)"

$(VENV)/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("w2v needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear $(VENV)
	$(RUN) -m pip install --quiet --require-hashes --requirement requirements.lock
	$(RUN) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

book: $(VENV)/installed
	$(VENV)/bin/jupyter-book build $(BUILD_FLAGS) .
	@echo "The book is ready: open $(CURDIR)/_build/html/index.html"

pdf: book
	$(RUN) tools/print_book.py --paper $(PAPER)

epub: book
	$(RUN) tools/epub_book.py

test: $(VENV)/installed  # tests/test_book.py builds the book, as strictly as above
	$(RUN) -m pytest

browser: $(VENV)/installed  # these take minutes, and a browser: not part of `make test`
	$(RUN) -m pytest tests/browser

notebooks: $(VENV)/installed
	$(RUN) tools/execute_notebooks.py
	$(RUN) tools/readme_picture.py

lab: $(VENV)/installed
	$(VENV)/bin/jupyter trust book/*.ipynb > /dev/null  # so that it shows the figures at once
	$(RUN) -m jupyterlab --LabApp.app_settings_dir="$(CURDIR)/tools/lab" \
	    --LabApp.extra_labextensions_path="$(CURDIR)/tools/lab/labextensions" book/intro.md

lite: $(VENV)/installed
	$(RUN) tools/build_lite.py $(if $(PYODIDE),--pyodide "$(PYODIDE)")

bench: $(VENV)/installed
	$(RUN) benchmarks/speed.py $(CORPUS)

student: $(VENV)/installed
	$(RUN) tools/make_student.py
	$(RUN) -m pytest _build/student/book

lint: $(VENV)/installed
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(VENV)/bin/typos
	$(RUN) tools/check_prose.py

lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	    --fork-strategy fewest --generate-hashes --no-header --no-emit-index-url \
	    --no-emit-find-links --output-file requirements.lock

clean:
	rm -rf _build $(VENV) .pytest_cache .ruff_cache .hypothesis
